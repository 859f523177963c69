# RFC 6120 6.3.8: one logs in as oneself. The authorization identity is empty or one's own bare JID.

Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 {romeo}\0{romeo:user}\0wherefore-art-thou}</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>

other opens a stream
other starts TLS
other opens a stream
other sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 juliet@{host}\0{romeo:user}\0wherefore-art-thou}</auth>
other receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
other sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 {romeo/home}\0{romeo:user}\0wherefore-art-thou}</auth>
other receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
other sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 {host}\0{romeo:user}\0wherefore-art-thou}</auth>
other receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
other sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 @@\0{romeo:user}\0wherefore-art-thou}</auth>
other receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
