# RFC 6120 4.8: the namespaces of a stream, by whatever prefix.

# 4.8.1: any prefix for the streams namespace. 4.8.3: the contents' namespace by prefix, too, all the way.
Romeo opens a connection
Romeo sends bytes:
    <s:stream to='{host}' version='1.0' xmlns:s='http://etherx.jabber.org/streams' xmlns:c='jabber:client' xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'><t:starttls/>
Romeo receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0'/>
Romeo receives:
    <stream:features><more/></stream:features>
    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
Romeo shakes hands
Romeo sends bytes:
    <foobar:stream to='{host}' version='1.0' xmlns:foobar='http://etherx.jabber.org/streams' xmlns:a='urn:ietf:params:xml:ns:xmpp-sasl'><a:auth mechanism='PLAIN'>{romeo:plain}</a:auth>
Romeo receives the header
Romeo receives:
    <stream:features><more/></stream:features>
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo sends bytes:
    <stream to='{host}' version='1.0' xmlns='http://etherx.jabber.org/streams' xmlns:c='jabber:client'><c:iq type='set' id='b'><b:bind xmlns:b='urn:ietf:params:xml:ns:xmpp-bind'><b:resource>home</b:resource></b:bind></c:iq>
Romeo receives the header
Romeo receives:
    <stream:features><more/></stream:features>
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{romeo}/home</jid></bind></iq>
Juliet is online
Romeo sends bytes:
    <c:message to='{juliet}' id='1'><c:body>One</c:body></c:message><message xmlns='jabber:client' to='{juliet}' id='2'><body>Two</body><x:x xmlns:x='urn:example:x' x:y='z'/></message>
Juliet receives:
    <message from='{romeo}/home' to='{juliet}' id='1'><body>One</body></message>
    <message from='{romeo}/home' to='{juliet}' id='2'><body>Two</body><x xmlns='urn:example:x' xmlns:q='urn:example:x' q:y='z'/></message>
Romeo sends bytes:
    </stream>
Romeo receives the end

# 4.9.3.10: contents of another kind of stream.
server opens a connection
server sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'>
server receives the header
server receives:
    <stream:error><invalid-namespace xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
server receives the end

none opens a connection
none sends bytes:
    <stream to='{host}' version='1.0' xmlns='jabber:client'>
none receives the header
none receives:
    <stream:error><invalid-namespace xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
none receives the end

# 4.9.3.2: a prefix that cannot be one of an element.
xml opens a stream
xml sends bytes:
    <xml:message to='{host}'/>
xml receives:
    <stream:error><bad-namespace-prefix xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
xml receives the end

# 11.3: one that was not declared is against the rules of namespaces.
undeclared opens a stream
undeclared sends bytes:
    <foobar:message to='{host}'/>
undeclared receives:
    <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
undeclared receives the end

headless opens a connection
headless sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client'>
headless receives the header
headless receives:
    <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
headless receives the end

# Without a namespace it is no stanza (4.9.3.24).
bare opens a connection
bare sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns:stream='http://etherx.jabber.org/streams'><message/>
bare receives the header
bare receives:
    <stream:features><more/></stream:features>
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
bare receives the end
