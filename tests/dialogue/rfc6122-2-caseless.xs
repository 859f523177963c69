# RFC 6122 2.2, 2.3: localparts and domains know no case, and a domain may end with a dot. Who logs in as JULIET at
# EXAMPLE.ORG is juliet@example.org; what is sent to JULIET@EXAMPLE.ORG reaches her.

Juliet is online

loud opens a TLS connection
loud sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{host:UPPER}.' version='1.0'>
loud receives the header
loud receives:
    <stream:features><more/></stream:features>
loud sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{juliet:PLAIN}</auth>
loud receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
loud restarts the stream
loud sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{host:UPPER}.' version='1.0'>
loud receives the header
loud receives:
    <stream:features><more/></stream:features>
loud sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>Loud</resource></bind></iq>
loud receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{juliet/Loud}</jid></bind></iq>

# Its own address in another way of writing is its own address (RFC 6120 8.1.2.1).
loud sends:
    <iq type='get' id='me' from='{juliet:UPPER}/Loud' to='{host:UPPER}.'><ping xmlns='urn:xmpp:ping'/></iq>
loud receives:
    <iq type='result' id='me' from='{host}' to='{juliet/Loud}'/>

Romeo connects
Romeo sends:
    <message to='{juliet:UPPER}' type='chat' id='m1'><body>To her, bare</body></message>
    <message to='{juliet:UPPER}/Loud' type='chat' id='m2'><body>To one of hers</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>To her, bare</body></message>
loud receives:
    <message from='{romeo/home}' to='{juliet/Loud}' type='chat' id='m2'><body>To one of hers</body></message>

# Resources do know case (RFC 6122 2.4): a message for one that is not there goes to the account (RFC 6121 8.5.3.2.1).
Romeo sends:
    <message to='{juliet}/LOUD' type='chat' id='m3'><body>To another</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}/LOUD' type='chat' id='m3'><body>To another</body></message>
Romeo sends:
    <iq to='{juliet}/LOUD' type='get' id='i1'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet}/LOUD' to='{romeo/home}' type='error' id='i1'>
        <query xmlns='jabber:iq:version'/>
        <error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>
    </iq>
