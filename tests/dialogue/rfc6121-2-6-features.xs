# RFC 6121 2.6.1, 3.4.1: roster versions and pre-approval are announced when a resource is to be bound.

Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{romeo:plain}</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo sends bytes:
    <?xml version='1.0'?><stream:stream to='{host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>
Romeo receives the header
Romeo receives:
    <stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><any/><any/><ver xmlns='urn:xmpp:features:rosterver'/><sub xmlns='urn:xmpp:features:pre-approval'/><more/></stream:features>
