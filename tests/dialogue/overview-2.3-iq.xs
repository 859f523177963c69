# Overview 2.3: a request and its answer, which have the same id: get and result, set and result.

Juliet is online
Romeo is online
Juliet sends:
    <iq to='{romeo/home}' type='get' id='r1'><query xmlns='jabber:iq:version'/></iq>
    <iq to='{romeo/home}' type='set' id='r2'><query xmlns='urn:example:light'>on</query></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='r1'><query xmlns='jabber:iq:version'/></iq>
    <iq from='{juliet/home}' to='{romeo/home}' type='set' id='r2'><query xmlns='urn:example:light'>on</query></iq>
# answered in whatever order
Romeo sends:
    <iq to='{juliet/home}' type='result' id='r2'/>
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:version'><name>Exodus</name></query></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' type='result' id='r2'/>
    <iq from='{romeo/home}' to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:version'><name>Exodus</name></query></iq>
# the server answers in the same way
Juliet sends:
    <iq to='{host}' type='get' id='r3'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>
    <iq type='set' id='r4'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com'/></query></iq>
    <iq to='{host}' type='get' id='r5'><query xmlns='urn:example:nothing'/></iq>
Juliet receives:
    <iq from='{host}' to='{juliet/home}' type='result' id='r3'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>
    <iq to='{juliet/home}' type='result' id='r4'/>
    <iq from='{host}' to='{juliet/home}' type='error' id='r5'><query xmlns='urn:example:nothing'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
