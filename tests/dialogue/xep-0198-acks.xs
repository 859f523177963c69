# XEP-0198 "Acks": both sides count stanzas from <enable/> on, and only stanzas.

Juliet is online
Romeo connects
Romeo sends:
    <iq type='get' id='before'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq type='result' id='before' to='{romeo/home}'/>
Romeo sends:
    <enable xmlns='urn:xmpp:sm:3'/>
Romeo receives:
    <enabled xmlns='urn:xmpp:sm:3'/>
Romeo sends:
    <r xmlns='urn:xmpp:sm:3'/>
Romeo receives:
    <a xmlns='urn:xmpp:sm:3' h='0'/>

# the acknowledgement comes by itself when what was sent is safe
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>One</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>One</body></message>
Romeo receives:
    <a xmlns='urn:xmpp:sm:3' h='1'/>

# answered by the server as a whole, and counted like the others: an address that is none, a second bind
Romeo sends:
    <message to='a@b@c' type='chat' id='m2'><body>Nobody</body></message>
    <iq type='set' id='again'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Romeo receives:
    <message from='a@b@c' to='{romeo/home}' type='error' id='m2'><body>Nobody</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <iq type='error' id='again' to='{romeo/home}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <a xmlns='urn:xmpp:sm:3' h='3'/>

# the server asks for the same as long as it does not know all
Romeo sends:
    <a xmlns='urn:xmpp:sm:3' h='1'/>
Romeo receives:
    <r xmlns='urn:xmpp:sm:3'/>
Romeo sends:
    <a xmlns='urn:xmpp:sm:3' h='2'/>
Romeo receives nothing
Romeo disconnects
