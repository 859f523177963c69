# Overview 3.1 to 3.1.3: types of messages; subject, body and thread; id and xml:lang.
# The overview takes `type` as required; RFC 6121 5.2.2 says that a message without is "normal". A groupchat message is for a room:
# a user's client gets it at its full address only, and a bare one refuses it (RFC 6121 8.5.2.1.1).

Juliet is online
Romeo is online
Juliet sends:
    <message to='{romeo}' type='chat' id='m1'><body>one to one</body><thread>e0ffe42b28561960c6b12b944a092794b9683a38</thread></message>
    <message to='{romeo}' type='headline' id='m2'><subject>Verona today</subject><body>Sunny</body></message>
    <message to='{romeo}' type='normal' id='m3'><subject>I implore you!</subject><body>Wherefore art thou, Romeo?</body></message>
    <message to='{romeo}' id='m4'><body>no type</body></message>
    <message to='{romeo/home}' type='groupchat' id='m5'><body>all of you</body></message>
    <message to='{romeo/home}' type='error' id='m6'><body>what was said</body><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m1'><body>one to one</body><thread>e0ffe42b28561960c6b12b944a092794b9683a38</thread></message>
    <message from='{juliet/home}' to='{romeo}' type='headline' id='m2'><subject>Verona today</subject><body>Sunny</body></message>
    <message from='{juliet/home}' to='{romeo}' type='normal' id='m3'><subject>I implore you!</subject><body>Wherefore art thou, Romeo?</body></message>
    <message from='{juliet/home}' to='{romeo}' id='m4'><body>no type</body></message>
    <message from='{juliet/home}' to='{romeo/home}' type='groupchat' id='m5'><body>all of you</body></message>
    <message from='{juliet/home}' to='{romeo/home}' type='error' id='m6'><body>what was said</body><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <message to='{romeo}' type='groupchat' id='m7'><body>is there anybody</body></message>
Juliet receives:
    <message from='{romeo}' to='{juliet/home}' type='error' id='m7'><body>is there anybody</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
# xml:lang: the stanza's own; where it has none, that of the stream
Juliet sends:
    <message to='{romeo}' xml:lang='cs'><subject>Uprosim</subject><body>Proc?</body><body xml:lang='en'>Why?</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' xml:lang='cs'><subject>Uprosim</subject><body>Proc?</body><body xml:lang='en'>Why?</body></message>
Benvolio opens a stream
Benvolio starts TLS
Benvolio opens a stream
Benvolio sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{benvolio:plain}</auth>
Benvolio receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Benvolio restarts the stream
Benvolio sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{host}' version='1.0' xml:lang='zh'>
Benvolio receives the header
Benvolio receives:
    <stream:features><more/></stream:features>
Benvolio sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
    <message to='{romeo}'><body>早安</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' xml:lang='zh'><body>早安</body></message>
