# XEP-0280 11: a copy that somebody else has made (example 13) does not come through.

Tybalt connects
Nurse connects
Romeo is online
Romeo sends:
    <iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo receives:
    <iq type='result' id='enable1' to='{romeo/home}'/>
Tybalt sends:
    <message to='{romeo}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{nurse/home}' to='{romeo/garden}' type='chat'><body>Thou shall meet me tonite, at our house's hall!</body></message></forwarded></received></message>
    <message to='{romeo}' type='chat' id='t2'><body>Turn and draw</body><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></sent></message>
Romeo receives:
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='t2'><body>Turn and draw</body></message>
Romeo receives nothing
