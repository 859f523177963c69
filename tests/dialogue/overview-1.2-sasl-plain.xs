# Overview 1.2: the other mechanism of step 3, PLAIN, which needs no challenge when the client says it all at once.

Somenode opens a stream
Somenode starts TLS
Somenode opens a stream
Somenode sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{somenode:plain}</auth>
Somenode receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Somenode restarts the stream
Somenode sends bytes:
    <stream:stream xmlns='jabber:client'  xmlns:stream='http://etherx.jabber.org/streams' to='{host}' version='1.0'>
Somenode receives the header:
    <stream:stream id='{*}' from='{host}' version='1.0'/>
Somenode receives:
    <stream:features>
      <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>
      <session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>
      <more/>
    </stream:features>

# never in clear: whoever knows no better is told before the password is looked at, and should think of changing it
careless opens a stream
careless sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{somenode:plain}</auth>
careless receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><encryption-required/><more/></failure>
