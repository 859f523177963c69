# XEP-0178 2: SASL EXTERNAL for clients: whose address stands in a certificate that we trust.

# One address: the certificate speaks for itself.
Romeo opens a stream
Romeo starts TLS with a certificate for {romeo}
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo opens a stream
Romeo sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Romeo receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{romeo/home}</jid></bind></iq>

# Named all the same, and asked for with an empty challenge.
Benvolio opens a stream
Benvolio starts TLS with a certificate for {benvolio}
Benvolio opens a stream
Benvolio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'/>
Benvolio receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Benvolio sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{base64 {benvolio}}</response>
Benvolio receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>

# Several: the client has to say which, and it must be one of them. What the header claims does not count.
Juliet opens a stream
Juliet starts TLS with a certificate for {romeo}, {juliet}, juliet@example.com
Juliet sends:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{host}' from='{juliet}' version='1.0'>
Juliet receives the header
Juliet receives:
    <stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism><more/></mechanisms><more/></stream:features>
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
Juliet receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>{base64 {benvolio}}</auth>
Juliet receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>{base64 juliet@example.com}</auth>
Juliet receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>{base64 {juliet}}</auth>
Juliet receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Juliet restarts the stream
Juliet opens a stream
Juliet sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Juliet receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{juliet/home}</jid></bind></iq>

# None, or none here: not offered, and nobody it could be.
nobody opens a stream
nobody starts TLS with a certificate of nobody
nobody opens a stream
nobody sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>{base64 {romeo}}</auth>
nobody receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
elsewhere opens a stream
elsewhere starts TLS with a certificate for {romeo:user}@example.com
elsewhere opens a stream
elsewhere sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
elsewhere receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>

# No account, although the certificate is good.
stranger opens a stream
stranger starts TLS with a certificate for tybalt@{host}
stranger opens a stream
stranger sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
stranger receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>

# From an authority that nobody here trusts: it is as if there were none.
forger opens a stream
forger starts TLS with a foreign certificate for {romeo}
forger opens a stream
forger sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
forger receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
