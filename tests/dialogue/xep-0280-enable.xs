# XEP-0280 3, 4, 5, 10.1: the host says that it can; a client turns carbons on and off, as often as it likes.

Romeo connects
Romeo sends:
    <iq type='get' id='info1' to='{host}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq type='result' id='info1' from='{host}' to='{romeo/home}'><query xmlns='http://jabber.org/protocol/disco#info'><any/><any/><any/><feature var='urn:xmpp:mam:2'/><any/><feature var='urn:xmpp:carbons:2'/><more/></query></iq>
Romeo sends:
    <iq type='set' id='enable1' from='{romeo/home}'><enable xmlns='urn:xmpp:carbons:2'/></iq>
    <iq type='set' id='enable2' to='{romeo}'><enable xmlns='urn:xmpp:carbons:2'/></iq>
    <iq type='set' id='disable1'><disable xmlns='urn:xmpp:carbons:2'/></iq>
    <iq type='set' id='disable2'><disable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo receives:
    <iq type='result' id='enable1' to='{romeo/home}'/>
    <iq type='result' id='enable2' from='{romeo}' to='{romeo/home}'/>
    <iq type='result' id='disable1' to='{romeo/home}'/>
    <iq type='result' id='disable2' to='{romeo/home}'/>

# nobody does it for somebody else
Juliet connects
Juliet sends:
    <iq type='set' id='enable3' to='{romeo}'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Juliet receives:
    <iq type='error' id='enable3' from='{romeo}' to='{juliet/home}'><any/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
