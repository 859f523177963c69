# RFC 6120 6.4.2: initial responses, empty ones, and a second <auth/> that replaces the first.

# Without an initial response the server asks for it with an empty challenge.
Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:plain}</response>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo opens a stream

# "=" is a response that is there and empty: PLAIN and SCRAM cannot do with it.
empty opens a stream
empty starts TLS
empty opens a stream
empty sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>=</auth>
empty receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/><more/></failure>
empty sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>=</auth>
empty receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/><more/></failure>
# Text is all that may stand in there.
empty sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'><x/>{romeo:plain}</auth>
empty receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/><more/></failure>

# The exchange under way is discarded, the new one counts.
Juliet opens a stream
Juliet starts TLS
Juliet opens a stream
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{romeo:scram-first}</auth>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{juliet:plain}</auth>
Juliet receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*}</challenge>
Juliet receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Juliet restarts the stream
Juliet opens a stream
Juliet sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Juliet receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{juliet/home}</jid></bind></iq>

# Behind <success/> in the same packet there is nobody who could change who it is.
Mercutio opens a stream
Mercutio starts TLS
Mercutio opens a stream
Mercutio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{mercutio:plain}</auth>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{juliet:plain}</auth>
Mercutio receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Mercutio restarts the stream
Mercutio opens a stream
Mercutio sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Mercutio receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{mercutio/home}</jid></bind></iq>
