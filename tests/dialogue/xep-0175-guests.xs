# XEP-0175 3: what guests can do, and what is refused: nothing of them is stored, and they reach this installation alone.

alice is a guest
bob is a guest
Juliet is online

alice sends:
    <message to='{bob}' type='chat' id='m1'><body>Hello</body></message>
bob receives:
    <message from='{alice/full}' to='{bob}' type='chat' id='m1'><body>Hello</body></message>
bob sends:
    <message to='{alice/full}' type='chat' id='m2'><body>Who are you?</body></message>
alice receives:
    <message from='{bob/full}' to='{alice/full}' type='chat' id='m2'><body>Who are you?</body></message>
alice sends:
    <message to='{juliet}' type='chat' id='m3'><body>A question</body></message>
Juliet receives:
    <message from='{alice/full}' to='{juliet}' type='chat' id='m3'><body>A question</body></message>
Juliet sends:
    <message to='{alice/full}' type='chat' id='m4'><body>An answer</body></message>
alice receives:
    <message from='{juliet/home}' to='{alice/full}' type='chat' id='m4'><body>An answer</body></message>

# Directed presence, and its end with the session.
bob sends:
    <presence to='{alice/full}'><show>away</show></presence>
alice receives:
    <presence from='{bob/full}' to='{alice/full}'><show>away</show></presence>

# 5: whoever asks is told what a guest is.
Juliet sends:
    <iq type='get' id='d1' to='{alice}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Juliet receives:
    <iq type='result' id='d1' from='{alice}' to='{juliet/home}'><query xmlns='http://jabber.org/protocol/disco#info'>
        <identity category='account' type='anonymous'/><more/></query></iq>

# A roster there is, and nothing gets into it.
alice sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
alice receives:
    <iq type='result' id='r1' to='{*}'><query xmlns='jabber:iq:roster'/></iq>
alice sends:
    <iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='{juliet}'/></query></iq>
alice receives:
    <iq type='error' id='r2' to='{*}'><more/></iq>
alice sends:
    <presence to='{juliet}' type='subscribe' id='s1'/>
alice receives:
    <presence from='{juliet}' to='{alice/full}' type='error' id='s1'><error type='auth'>
        <forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
Juliet receives nothing
Juliet sends:
    <presence to='{alice}' type='subscribe'/>
Juliet receives:
    <presence from='{alice}' to='{juliet}' type='unsubscribed'/>
Juliet receives nothing
alice receives nothing

# XEP-0198 without its second half: nobody could prove to be the same guest.
alice sends:
    <enable xmlns='urn:xmpp:sm:3' resume='true'/>
alice receives:
    <enabled xmlns='urn:xmpp:sm:3'/>

# Other servers are out of reach.
alice sends:
    <message to='romeo@example.net' type='chat' id='m5'><body>Hello</body></message>
alice receives:
    <message from='romeo@example.net' to='{alice/full}' type='error' id='m5'><more/></message>
alice sends:
    <iq to='example.net' type='get' id='i1'><ping xmlns='urn:xmpp:ping'/></iq>
alice receives:
    <iq from='example.net' to='{alice/full}' type='error' id='i1'><ping xmlns='urn:xmpp:ping'/><error type='auth'>
        <forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></iq>

# Who has gone is gone: nothing waits for it.
bob disconnects
alice receives:
    <presence from='{bob/full}' to='{alice/full}' type='unavailable'/>
alice sends:
    <message to='{bob}' type='chat' id='m6'><body>Still there?</body></message>
alice receives:
    <message from='{bob}' to='{alice/full}' type='error' id='m6'><body>Still there?</body><error type='cancel'>
        <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <iq type='get' id='d2' to='{bob}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Juliet receives:
    <iq type='error' id='d2' from='{bob}' to='{juliet/home}'><more/></iq>

# One that is there and cannot be reached takes nothing for later, either.
alice sends:
    <presence><priority>-1</priority></presence>
alice receives:
    <presence from='{alice/full}' to='{*}'><priority>-1</priority></presence>
Juliet sends:
    <message to='{alice}' type='chat' id='m7'><body>Later?</body></message>
Juliet receives:
    <message from='{alice}' to='{juliet/home}' type='error' id='m7'><body>Later?</body><error type='cancel'>
        <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
