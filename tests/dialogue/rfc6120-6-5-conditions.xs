# RFC 6120 6.5: what each condition is for, as far as a client can bring it about.
# incorrect-encoding: rfc6120-6-sasl-failures; aborted: 6-4-4; invalid-authzid: 6-3-8; malformed-request: 6-4-2.

# 6.5.4: no login in clear.
early opens a stream
early sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{base64 n,,n=romeo,r=abcdefgh}</auth>
early receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><encryption-required/><more/></failure>
early sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
early receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><encryption-required/><more/></failure>

# 6.5.7: no mechanism, or one that is not there.
Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='plain'>{romeo:plain}</auth>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
# 6.5.5: base64 without blanks, and all of it.
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'> {romeo:plain}</auth>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><incorrect-encoding/></failure>
# 6.5.10: a name that nobody can have is a wrong name like others.
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 \0{romeo}\0wherefore-art-thou}</auth>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>

# 6.5.8: no data where no challenge has asked for it; an empty password; NULs; not UTF-8.
late opens a stream
late starts TLS
late opens a stream
late sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
late receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/></failure>
late sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 \0{romeo:user}\0}</auth>
late receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/></failure>
late sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{base64 n,,n=a\0b,r=abcdefgh}</auth>
late receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/></failure>
late sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AP//AP//</auth>
late receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
late sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'>{base64 username="romeo"}</auth>
late receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/></failure>
