# XEP-0280 7, 8: what one device gets or says the others see, each message once.

Juliet is online
Romeo/garden connects
Romeo connects
Romeo/garden sends:
    <presence/>
Romeo/garden receives:
    <presence from='{romeo/garden}' to='{romeo/garden}'/>
Romeo sends:
    <presence/>
Romeo receives in any order:
    <presence from='{romeo/garden}' to='{romeo/home}'/>
    <presence from='{romeo/home}' to='{romeo/home}'/>
Romeo/garden receives:
    <presence from='{romeo/home}' to='{romeo/garden}'/>
Romeo/phone connects
Romeo sends:
    <iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo receives:
    <iq type='result' id='enable1' to='{romeo/home}'/>

# received (example 11): for the one device, and a copy for the other; the phone has not asked for any
Juliet sends:
    <message to='{romeo/garden}' type='chat' id='m1'><body>What man art thou?</body><thread>0e31</thread></message>
Romeo/garden receives:
    <message from='{juliet/home}' to='{romeo/garden}' type='chat' id='m1'><body>What man art thou?</body><thread>0e31</thread></message>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' type='chat' id='m1'><body>What man art thou?</body><thread>0e31</thread></message></forwarded></received></message>
Romeo/phone receives nothing

# sent (example 14), whether or not the one who says it has turned it on
Romeo/garden sends:
    <message to='{juliet/home}' type='chat' id='m2'><body>Neither, fair saint, if either thee dislike.</body></message>
Juliet receives:
    <message from='{romeo/garden}' to='{juliet/home}' type='chat' id='m2'><body>Neither, fair saint, if either thee dislike.</body></message>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{romeo/garden}' to='{juliet/home}' type='chat' id='m2'><body>Neither, fair saint, if either thee dislike.</body></message></forwarded></sent></message>
Romeo/garden receives nothing
Romeo/phone receives nothing

# to the bare JID: both devices get the message itself, and the phone, which has sent no presence, a copy
Romeo/phone sends:
    <iq type='set' id='enable2'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo/phone receives:
    <iq type='result' id='enable2' to='{romeo/phone}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m3'><body>How camest thou hither?</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m3'><body>How camest thou hither?</body></message>
Romeo/garden receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m3'><body>How camest thou hither?</body></message>
Romeo/phone receives:
    <message from='{romeo}' to='{romeo/phone}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo}' type='chat' id='m3'><body>How camest thou hither?</body></message></forwarded></received></message>
Romeo receives nothing
Romeo/garden receives nothing

# to himself: each device once
Romeo sends:
    <message to='{romeo/garden}' type='chat' id='m4'><body>Note</body></message>
Romeo/garden receives:
    <message from='{romeo/home}' to='{romeo/garden}' type='chat' id='m4'><body>Note</body></message>
Romeo/phone receives:
    <message from='{romeo}' to='{romeo/phone}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{romeo/home}' to='{romeo/garden}' type='chat' id='m4'><body>Note</body></message></forwarded></received></message>
Romeo receives nothing
Romeo/garden receives nothing
Romeo/phone receives nothing

# off again
Romeo sends:
    <iq type='set' id='disable1'><disable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo receives:
    <iq type='result' id='disable1' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo/garden}' type='chat' id='m5'><body>Good night</body></message>
Romeo/garden receives:
    <message from='{juliet/home}' to='{romeo/garden}' type='chat' id='m5'><body>Good night</body></message>
Romeo receives nothing
