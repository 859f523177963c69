# RFC 6121 2.3.3, 2.5.3: what a roster set is refused for.

Juliet connects
Juliet sends:
    <iq type='set' id='e1'><query xmlns='jabber:iq:roster'><item jid='a@example.com'/><item jid='b@example.com'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e1'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e2'><query xmlns='jabber:iq:roster'><item jid='nobody@example.com' subscription='remove'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e2'><query xmlns='jabber:iq:roster'><more/></query><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# the user himself is nobody's contact: he sees his own presence anyway (the RFC is silent; not-allowed is what others say)
Juliet sends:
    <iq type='set' id='e3'><query xmlns='jabber:iq:roster'><item jid='{juliet}'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e3'><query xmlns='jabber:iq:roster'><more/></query><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e4'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com'><group></group></item></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e4'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e5'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com'><group>A</group><group>B</group><group>A</group></item></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e5'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# no item, something else, no address, none that is one, one of a resource
Juliet sends:
    <iq type='set' id='e6'><query xmlns='jabber:iq:roster'/></iq>
    <iq type='set' id='e7'><query xmlns='jabber:iq:roster'><contact jid='nurse@example.com'/></query></iq>
    <iq type='set' id='e8'><query xmlns='jabber:iq:roster'><item name='Nurse'/></query></iq>
    <iq type='set' id='e9'><query xmlns='jabber:iq:roster'><item jid='nurse@@example.com'/></query></iq>
    <iq type='set' id='e10'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com/kitchen'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e6'><query xmlns='jabber:iq:roster'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq to='{juliet/home}' type='error' id='e7'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq to='{juliet/home}' type='error' id='e8'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq to='{juliet/home}' type='error' id='e9'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq to='{juliet/home}' type='error' id='e10'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# nothing of it is there
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
