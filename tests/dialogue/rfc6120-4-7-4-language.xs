# RFC 6120 4.7.4, 8.1.5: the language of the stream is that of its stanzas, and travels with those that say none.

Juliet is online
Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{romeo:plain}</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo sends bytes:
    <stream:stream to='{host}' version='1.0' xml:lang='it-IT' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
Romeo receives the header
Romeo receives:
    <stream:features><more/></stream:features>
Romeo sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Romeo receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{romeo}/home</jid></bind></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='1'><body>Art thou not Romeo</body></message>
Juliet receives:
    <message from='{romeo}/home' to='{juliet}' type='chat' id='1' xml:lang='it-IT'><body>Art thou not Romeo</body></message>

# What has a language keeps it; so do its children.
Romeo sends:
    <message to='{juliet}' type='chat' id='2' xml:lang='cs'><body>Hlas</body><body xml:lang='en'>Voice</body></message>
Juliet receives:
    <message from='{romeo}/home' to='{juliet}' type='chat' id='2' xml:lang='cs'><body>Hlas</body><body xml:lang='en'>Voice</body></message>

# Presence and iq are stanzas, too.
Romeo sends:
    <presence to='{juliet/home}' id='3'><status>Qui</status></presence>
Juliet receives:
    <presence from='{romeo}/home' to='{juliet/home}' id='3' xml:lang='it-IT'><status>Qui</status></presence>

# A stream without language adds none, and one with what is no language is one without.
Tybalt opens a stream
Tybalt starts TLS
Tybalt opens a stream
Tybalt sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{tybalt:plain}</auth>
Tybalt receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Tybalt restarts the stream
Tybalt sends bytes:
    <stream:stream to='{host}' version='1.0' xml:lang='&lt;no language, and far too long to go along with each and every stanza>' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
Tybalt receives the header
Tybalt receives:
    <stream:features><more/></stream:features>
Tybalt sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Tybalt receives:
    <iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{*tybalt_jid}</jid></bind></iq>
Tybalt sends:
    <message to='{juliet}' type='chat' id='4' xml:lang=''><body>Peace?</body></message>
Juliet receives:
    <message from='{tybalt_jid}' to='{juliet}' type='chat' id='4' xml:lang=''><body>Peace?</body></message>
