# XEP-0198 "Error Handling", and what comes in the wrong place.

Romeo logs in
Romeo sends:
    <enable xmlns='urn:xmpp:sm:3'/>
Romeo receives:
    <failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>

# nobody has this session; a resource can be bound all the same
Romeo sends:
    <resume xmlns='urn:xmpp:sm:3' previd='nonesuch' h='0'/>
Romeo receives:
    <failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>
Romeo sends:
    <resume xmlns='urn:xmpp:sm:3' previd='nonesuch' h='many'/>
Romeo receives:
    <failed xmlns='urn:xmpp:sm:3'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>
Romeo sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Romeo receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{romeo/home}</jid></bind></iq>
Romeo sends:
    <r xmlns='urn:xmpp:sm:3'/>
Romeo receives:
    <failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>
Romeo sends:
    <enable xmlns='urn:xmpp:sm:3' resume='1' max='60'/>
Romeo receives:
    <enabled xmlns='urn:xmpp:sm:3' id='{*id}' resume='true' max='60'/>
Romeo sends:
    <enable xmlns='urn:xmpp:sm:3'/>
    <resume xmlns='urn:xmpp:sm:3' previd='{id}' h='0'/>
Romeo receives:
    <failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>
    <failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>

# somebody else's session is not to be had, by whoever knows its id
Juliet logs in
Juliet sends:
    <resume xmlns='urn:xmpp:sm:3' previd='{id}' h='0'/>
Juliet receives:
    <failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>

Romeo sends:
    <iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq type='result' id='p' to='{romeo/home}'/>
Romeo sends:
    <a xmlns='urn:xmpp:sm:3' h='10'/>
Romeo receives:
    <stream:error><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>You acknowledged 10 stanzas, but I only sent you 1 so far.</text><handled-count-too-high xmlns='urn:xmpp:sm:3' h='10' send-count='1'/></stream:error>
Romeo receives the end
