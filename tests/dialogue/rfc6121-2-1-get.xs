# RFC 6121 2.1.3, 2.1.4, 2.2: what a roster get gets.

Juliet connects
Romeo connects
# 2.1.4: an empty roster is an empty query
Juliet sends:
    <iq type='get' id='g1'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='g1'><query xmlns='jabber:iq:roster'/></iq>
# to the account itself it is the same (RFC 6120 10.3.3)
Juliet sends:
    <iq type='get' id='g2' to='{juliet}'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq from='{juliet}' to='{juliet/home}' type='result' id='g2'><query xmlns='jabber:iq:roster'/></iq>
# 2.1.3: no items in a get
Juliet sends:
    <iq type='get' id='g3'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='g3'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# nobody sees another one's roster, and cannot tell whether there is one
Juliet sends:
    <iq type='get' id='g4' to='{romeo}'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq from='{romeo}' to='{juliet/home}' type='error' id='g4'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='get' id='g5' to='nobody@{host}'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq from='nobody@{host}' to='{juliet/home}' type='error' id='g5'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# the host has no roster
Juliet sends:
    <iq type='get' id='g6' to='{host}'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq from='{host}' to='{juliet/home}' type='error' id='g6'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo receives nothing
