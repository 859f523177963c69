# RFC 2831 with RFC 3920 6.5's flow: two challenges, an empty response, success.

Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*first}</challenge>
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:digest first}</response>
Romeo receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:sasl-success}</challenge>
Romeo sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo opens a stream

# Old clients send an empty initial response; the server speaks first all the same.
Juliet opens a stream
Juliet starts TLS
Juliet opens a stream
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'>=</auth>
Juliet receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c1}</challenge>
Juliet sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{juliet:digest c1 password=wrong}</response>
Juliet receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
# A response to the former challenge, good or not, is not one to this.
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>
Juliet receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c2}</challenge>
Juliet sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{juliet:digest c1}</response>
Juliet receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>

# Somebody else's realm, somebody else's service, another count, more than authentication: each refused.
stranger opens a stream
stranger starts TLS
stranger opens a stream
stranger sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>
stranger receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c3}</challenge>
stranger sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:digest c3 realm=example.com}</response>
stranger receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
stranger sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>
stranger receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c4}</challenge>
stranger sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:digest c4 digest-uri=xmpp/example.com}</response>
stranger receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
stranger sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>
stranger receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*c5}</challenge>
stranger sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{romeo:digest c5 nc=00000002}</response>
stranger receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
