# RFC 6120 7.6.2, 7.7.2: what cannot be bound is answered, and the client may try again.

Juliet logs in
# a private character is in no address (RFC 6122 appendix B.5)
Juliet sends:
    <iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>&#xE000;</resource></bind></iq>
Juliet receives:
    <iq type='error' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>&#xE000;</resource></bind><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>
# nothing is left of it
Juliet sends:
    <iq type='set' id='b2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>&#xAD;</resource></bind></iq>
Juliet receives:
    <iq type='error' id='b2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>&#xAD;</resource></bind><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>
# too long by one
Juliet sends:
    <iq type='set' id='b3'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr</resource></bind></iq>
Juliet receives:
    <iq type='error' id='b3'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{*}</resource></bind><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>
# RFC 6120 8.2.3: no id, two children
Juliet sends:
    <iq type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Juliet receives:
    <iq type='error'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>
Juliet sends:
    <iq type='set' id='b5'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
Juliet receives:
    <iq type='error' id='b5'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>
Juliet sends:
    <iq type='set' id='b6'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>balcony</resource></bind></iq>
Juliet receives:
    <iq type='result' id='b6'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{juliet/balcony}</jid></bind></iq>

# once on a stream
Juliet sends:
    <iq type='set' id='b7'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>tomb</resource></bind></iq>
Juliet receives:
    <iq to='{juliet/balcony}' type='error' id='b7'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>tomb</resource></bind><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>
Juliet sends:
    <iq type='get' id='b8'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Juliet receives:
    <iq to='{juliet/balcony}' type='error' id='b8'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# between users it is an iq as any other
Romeo connects
Juliet sends:
    <iq to='{romeo/home}' type='set' id='b9'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Romeo receives:
    <iq from='{juliet/balcony}' to='{romeo/home}' type='set' id='b9'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
