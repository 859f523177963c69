# RFC 6120 4.7: the attributes of stream headers, both ways.

# 4.7.1, 4.7.3, 4.7.4: from, id and language are there. 4.7.2: no `to` for who has sent no `from`.
plain opens a connection
plain sends bytes:
    <?xml version='1.0'?><stream:stream to='{host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>
plain receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0' xml:lang='en'/>

# 4.7.2: who has gets it back, as a bare address. An `id` is not the client's to make (4.7.3).
named opens a connection
named sends bytes:
    <stream:stream from='Juliet@{host}/balcony' to='{host}' id='mine' xml:lang='de' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
named receives the header:
    <stream:stream from='{host}' to='juliet@{host}' id='{*}' version='1.0' xml:lang='en'/>
named receives:
    <stream:features><more/></stream:features>

# 4.7.5: of two versions the lower; numbers are compared, not text.
later opens a connection
later sends bytes:
    <stream:stream to='{host}' version='2.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
later receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0'/>
later receives:
    <stream:features><more/></stream:features>

minor opens a connection
minor sends bytes:
    <stream:stream to='{host}' version='01.10' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
minor receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0'/>
minor receives:
    <stream:features><more/></stream:features>

earlier opens a connection
earlier sends bytes:
    <stream:stream from='juliet@{host}' to='{host}' version='0.10' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
earlier receives the header:
    <stream:stream from='{host}' to='juliet@{host}' id='{*}' version='0.10'/>
earlier receives:
    <stream:error><unsupported-version xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
earlier receives the end

# ... and who has none, who is of a time before versions, gets none.
old opens a connection
old sends bytes:
    <stream:stream to='{host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
old receives the header:
    <stream:stream from='{host}' id='{*}'/>
old receives:
    <stream:error><unsupported-version xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
old receives the end

worded opens a connection
worded sends bytes:
    <stream:stream to='{host}' version='one' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
worded receives the header
worded receives:
    <stream:error><unsupported-version xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
worded receives the end

# 4.9.1.3: errors, too, come from a host that is here.
nowhere opens a connection
nowhere sends bytes:
    <stream:stream from='juliet@{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
nowhere receives the header:
    <stream:stream from='{host}' to='juliet@{host}' id='{*}' version='1.0'/>
nowhere receives:
    <stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
nowhere receives the end

malformed opens a connection
malformed sends bytes:
    <stream:stream to='@@' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
malformed receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0'/>
malformed receives:
    <stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
malformed receives the end

# 4.9.3.9: after login `from` is who has logged in, if it is there.
Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{romeo:plain}</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo sends bytes:
    <stream:stream from='{romeo}' to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
Romeo receives the header:
    <stream:stream from='{host}' to='{romeo}' id='{*}' version='1.0'/>
Romeo receives:
    <stream:features><more/></stream:features>

Tybalt opens a stream
Tybalt starts TLS
Tybalt opens a stream
Tybalt sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{tybalt:plain}</auth>
Tybalt receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Tybalt restarts the stream
Tybalt sends bytes:
    <stream:stream from='{romeo}' to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
Tybalt receives the header
Tybalt receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Tybalt receives the end
