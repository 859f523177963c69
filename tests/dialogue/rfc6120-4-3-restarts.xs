# RFC 6120 4.3.2, 4.3.3, 4.3.5: a new stream after TLS and after login, with what is to be negotiated then.

Romeo opens a connection
Romeo sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
Romeo receives the header:
    <stream:stream from='{host}' id='{*first}' version='1.0'/>
Romeo receives:
    <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>
Romeo starts TLS

# White space is in nobody's way (4.6.1).
Romeo sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'> \x20\x0a
Romeo receives the header:
    <stream:stream from='{host}' id='{*second}' version='1.0'/>
Romeo receives:
    <stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><more/></mechanisms><more/></stream:features>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{romeo:plain}</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
Romeo receives the header:
    <stream:stream from='{host}' id='{*third}' version='1.0'/>
Romeo receives:
    <stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><more/></stream:features>

# On a stream that is bound nothing but stanzas is awaited; white space keeps it alive.
Juliet connects
Juliet sends bytes:
     \x20
Juliet receives nothing
Juliet sends bytes:
    \x0a\x09\x0d\x0a
Juliet receives nothing

# A stream that was not restarted has no second header.
again opens a stream
again sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'></stream:stream>
again receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
again receives the end

# After login the domain is decided (4.9.3.6).
Tybalt opens a stream
Tybalt starts TLS
Tybalt opens a stream
Tybalt sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{tybalt:plain}</auth>
Tybalt receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Tybalt restarts the stream
Tybalt sends bytes:
    <stream:stream to='elsewhere.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
Tybalt receives the header
Tybalt receives:
    <stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Tybalt receives the end

