# XEP-0030: the server and accounts say what they are; strangers' accounts say nothing.

Romeo connects
Romeo sends:
    <iq type='get' id='i1' to='{host}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='result' id='i1'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im' name='{*}'/><more/></query></iq>
Romeo sends:
    <iq type='get' id='i2' to='{host}'><query xmlns='http://jabber.org/protocol/disco#info' node='nothing'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='error' id='i2'><query xmlns='http://jabber.org/protocol/disco#info' node='nothing'/><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='get' id='i3' to='{romeo}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{romeo}' to='{romeo/home}' type='result' id='i3'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/><more/></query></iq>
Juliet connects
Romeo sends:
    <iq type='get' id='i4' to='{juliet}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='i4'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
