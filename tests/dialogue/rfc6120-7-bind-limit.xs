# RFC 6120 7.6.2.1: one user has 20 sessions; one more is refused until there is room.

Romeo/r0 connects
Romeo/r1 connects
Romeo/r2 connects
Romeo/r3 connects
Romeo/r4 connects
Romeo/r5 connects
Romeo/r6 connects
Romeo/r7 connects
Romeo/r8 connects
Romeo/r9 connects
Romeo/r10 connects
Romeo/r11 connects
Romeo/r12 connects
Romeo/r13 connects
Romeo/r14 connects
Romeo/r15 connects
Romeo/r16 connects
Romeo/r17 connects
Romeo/r18 connects
Romeo/r19 connects
Romeo/more logs in
Romeo/more sends:
    <iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>more</resource></bind></iq>
Romeo/more receives:
    <iq type='error' id='b1'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>
# a resource that it has does not make it more
Romeo/more sends:
    <iq type='set' id='b2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r0</resource></bind></iq>
Romeo/more receives:
    <iq type='result' id='b2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{romeo/r0}</jid></bind></iq>
Romeo/r0 receives:
    <stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/r0 receives the end
Juliet connects
