# RFC 6120 4.9.3 and 11.1: what is not XMPP gets the stream error that the RFC names, then the end.

comment opens a connection
comment sends bytes:
    <?xml version='1.0'?><stream:stream to='{host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><!-- hidden -->
comment receives the header
comment receives:
    <stream:features><more/></stream:features>
    <stream:error><restricted-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
comment receives the end

dtd opens a connection
dtd sends bytes:
    <?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol "lol">]><stream:stream to='{host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>
dtd receives the header
dtd receives:
    <stream:error><restricted-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
dtd receives the end

garbage opens a connection
garbage sends bytes:
    GET / HTTP/1.1
garbage receives the header
garbage receives:
    <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
garbage receives the end

elsewhere opens a connection
elsewhere sends bytes:
    <?xml version='1.0'?><stream:stream to='elsewhere.invalid' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>
elsewhere receives the header
elsewhere receives:
    <stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
elsewhere receives the end

early opens a stream
early sends:
    <message to='x@{host}'><body>too early</body></message>
early receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
early receives the end

badns opens a connection
badns sends bytes:
    <?xml version='1.0'?><stream:stream to='{host}' xmlns='jabber:client' xmlns:stream='http://wrong.example/streams' version='1.0'>
badns receives the header
badns receives:
    <stream:error><invalid-namespace xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
badns receives the end
