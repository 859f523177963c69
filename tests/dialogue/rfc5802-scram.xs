# RFC 5802, RFC 7677, RFC 5929: SCRAM with each hash, its proofs both ways, channel bindings and what takes them away.

Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>{romeo:scram-first SHA-1}</auth>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c1}</challenge>
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:scram-final c1 wrong}</response>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'/>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:scram-first SHA-256}</response>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c2}</challenge>
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:scram-final c2}</response>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:sasl-success}</success>

# The certificate is what the connection is bound to.
Juliet opens a stream
Juliet starts TLS
Juliet opens a stream
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-512-PLUS'>{juliet:scram-first SHA-512 p=tls-server-end-point,,}</auth>
Juliet receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c3}</challenge>
Juliet sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{juliet:scram-final c3}</response>
Juliet receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{juliet:sasl-success}</success>

# An old client that knows tls-unique: there is one in TLS 1.2.
Benvolio opens a stream
Benvolio starts TLS 1.2
Benvolio opens a stream
Benvolio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1-PLUS'>{benvolio:scram-first SHA-1 p=tls-unique,,}</auth>
Benvolio receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c4}</challenge>
Benvolio sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{benvolio:scram-final c4}</response>
Benvolio receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{benvolio:sasl-success}</success>

# In TLS 1.3 there is none (RFC 8446 C.5), and who says 'y' where a -PLUS was offered has been lied to (RFC 5802 6).
Mercutio opens a stream
Mercutio starts TLS
Mercutio opens a stream
Mercutio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256-PLUS'>{mercutio:scram-first SHA-256 p=tls-unique,,}</auth>
Mercutio receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
Mercutio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{mercutio:scram-first SHA-256 y,,}</auth>
Mercutio receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
Mercutio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256-PLUS'>{mercutio:scram-first SHA-256 n,,}</auth>
Mercutio receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
Mercutio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{mercutio:scram-first SHA-256 p=tls-exporter,,}</auth>
Mercutio receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
# None of them was a guess: nobody was asked for yet.
Mercutio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{mercutio:scram-first SHA-256 n,,}</auth>
Mercutio receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c5}</challenge>
Mercutio sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{mercutio:scram-final c5}</response>
Mercutio receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{mercutio:sasl-success}</success>
