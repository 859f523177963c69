# RFC 6120 6.4.4: <abort/> ends an exchange with <aborted/>; the next one is a fresh one.

Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>{romeo:scram-first SHA-1}</auth>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*first}</challenge>
Romeo sends:
    <abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><aborted/></failure>
# What was asked before is worth nothing any more.
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:scram-final first}</response>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/><more/></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo sends:
    <abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><aborted/></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>{romeo:scram-first SHA-1}</auth>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*second}</challenge>
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:scram-final second}</response>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:sasl-success}</success>
