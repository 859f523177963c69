# RFC 6120 6.5: each wrong step of SASL has its failure; an unknown user looks like a wrong password.

Romeo connects
Romeo disconnects

wrong opens a stream
wrong starts TLS
wrong opens a stream
wrong sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-NONE'>AAAA</auth>
wrong receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/><more/></failure>
wrong sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>not base64!</auth>
wrong receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><incorrect-encoding/><more/></failure>

unknown opens a stream
unknown starts TLS
unknown opens a stream
unknown sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AG5vYm9keQB3cm9uZw==</auth>
unknown receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>

early opens a stream
early sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AG5vYm9keQB3cm9uZw==</auth>
early receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><encryption-required/><more/></failure>

the log says: authentication failed
