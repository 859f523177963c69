# XEP-0175 4: anonymous login, where the operator wants it.

guest opens a connection to {guests}
guest opens a stream
guest starts TLS
guest sends:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{guests}' version='1.0'>
guest receives the header
guest receives:
    <stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><any/><any/><any/><any/><any/><any/><any/><any/><mechanism>ANONYMOUS</mechanism></mechanisms><more/></stream:features>
guest sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>
guest receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
guest restarts the stream
guest opens a stream
guest sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x</resource></bind></iq>
guest receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{*jid}</jid></bind></iq>

# RFC 4505: trace information is taken, and used for nothing.
traced opens a connection to {guests}
traced opens a stream
traced starts TLS
traced opens a stream
traced sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'>{base64 romeo@example.net}</auth>
traced receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>

long opens a connection to {guests}
long opens a stream
long starts TLS
long opens a stream
long sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'>{base64 {x:256}}</auth>
long receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/></failure>
long sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'>//79</auth>
long receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/></failure>
long sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'>=</auth>
long receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>

# Not here.
elsewhere opens a stream
elsewhere starts TLS
elsewhere opens a stream
elsewhere sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>
elsewhere receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
