# RFC 6120 6.4.5: a mistyped password may be typed again on the same stream, but not for ever.

Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 \0{romeo:user}\0wrong}</auth>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>The user name or the password is wrong.</text></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 \0{romeo:user}\0wrong again}</auth>
Romeo receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><more/></failure>
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{romeo:plain}</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>

guesser opens a stream
guesser starts TLS
guesser opens a stream
guesser sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 \0{romeo:user}\0one}</auth>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 \0nobody\0two}</auth>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{base64 \0{romeo:user}\0three}</auth>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{romeo:plain}</auth>
guesser receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>The user name or the password is wrong.</text></failure>
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>The user name or the password is wrong.</text></failure>
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>The user name or the password is wrong.</text></failure>
    <stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
guesser receives the end

# What is no guess counts for the mechanism: five times the same, and that is it.
stubborn opens a stream
stubborn starts TLS
stubborn opens a stream
stubborn sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-NONE'/>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-NONE'/>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-NONE'/>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-NONE'/>
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-NONE'/>
stubborn receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
    <stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
stubborn receives the end
