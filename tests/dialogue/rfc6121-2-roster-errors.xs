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
Juliet sends:
    <iq type='set' id='e3'><query xmlns='jabber:iq:roster'><item jid='{juliet}'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e3'><query xmlns='jabber:iq:roster'><more/></query><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e4'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com'><group></group></item></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e4'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e5'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com'><group>A</group><group>A</group></item></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='e5'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# somebody else's roster
Romeo connects
Juliet sends:
    <iq type='get' id='e6' to='{romeo}'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq from='{romeo}' to='{juliet/home}' type='error' id='e6'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
