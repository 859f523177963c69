# RFC 6120 7: what a client sends behind its request waits until the resource is bound, and is handled in order.

Juliet is online
Romeo logs in
Romeo sends:
    <iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>orchard</resource></bind></iq>
    <iq type='set' id='s1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
    <presence/>
    <message to='{juliet}' type='chat' id='m1'><body>one</body></message>
    <iq to='{juliet/home}' type='get' id='q1'><query xmlns='urn:example:q'/></iq>
    <message to='{juliet}' type='chat' id='m2'><body>two</body></message>
Romeo receives:
    <iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{romeo/orchard}</jid></bind></iq>
    <iq to='{romeo/orchard}' type='result' id='s1'/>
    <presence from='{romeo/orchard}' to='{romeo/orchard}'/>
Juliet receives:
    <message from='{romeo/orchard}' to='{juliet}' type='chat' id='m1'><body>one</body></message>
    <iq from='{romeo/orchard}' to='{juliet/home}' type='get' id='q1'><query xmlns='urn:example:q'/></iq>
    <message from='{romeo/orchard}' to='{juliet}' type='chat' id='m2'><body>two</body></message>
