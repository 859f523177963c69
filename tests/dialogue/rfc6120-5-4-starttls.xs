# RFC 6120 section 5: STARTTLS, and everything that is no STARTTLS.

# 5.4.2.2: a request that is not what it should be is refused, and that is the end.
child opens a stream
child sends:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>
child receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
child receives the end
child is cut off

text opens a stream
text sends:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>please</starttls>
text receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
text receives the end
text is cut off

# In another namespace, or before there is a stream, it is none.
foreign opens a stream
foreign sends:
    <starttls/>
foreign receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
foreign receives the end

streamless opens a connection
streamless sends bytes:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
streamless receives the header
streamless receives:
    <stream:error><bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
streamless receives the end

# What only servers say
eager opens a stream
eager sends:
    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
eager receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
eager receives the end

# 5.4.3.2: a handshake that fails ends the connection without another word.
clear opens a stream
clear sends bytes:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
clear receives:
    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
clear sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
clear is cut off

silent opens a stream
silent sends bytes:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
silent receives:
    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
silent sends no more
silent is cut off

# 5.4.3.3: what came in clear behind the request is forgotten, and so is the stream before.
injected opens a stream
injected sends bytes:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
injected receives:
    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
injected shakes hands
injected opens a stream
injected sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='KERBEROS_V4'/>
injected receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/><more/></failure>

forgotten opens a stream
forgotten starts TLS
forgotten sends bytes:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
forgotten receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0'/>
forgotten receives:
    <stream:error><invalid-namespace xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
forgotten receives the end

# White space in the request is nobody's harm; the handshake follows.
airy opens a stream
airy sends bytes:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'> </starttls>
airy receives:
    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
airy shakes hands
airy opens a stream

# A second one, at each point of the way behind the first
twice opens a stream
twice starts TLS
twice opens a stream
twice sends:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
twice receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
twice receives the end
twice is cut off

Romeo logs in
Romeo sends:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
Romeo receives the end
Romeo is cut off

Juliet connects
Juliet sends:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
Juliet receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
Juliet receives the end
Juliet is cut off
