# XEP-0359 3: an id that claims to be by the account is replaced by the account's own; others, and the sender's, stay.

Juliet is online
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='forged'/><stanza-id xmlns='urn:xmpp:sid:0' by='room@chat.example.org' id='theirs'/><origin-id xmlns='urn:xmpp:sid:0' id='de305d54'/></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='room@chat.example.org' id='theirs'/><origin-id xmlns='urn:xmpp:sid:0' id='de305d54'/><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*id}'/></message>
# what is not archived has none, and still no forged one
Romeo sends:
    <message to='{juliet}' type='chat' id='m2'><body>Hi</body><no-permanent-store xmlns='urn:xmpp:hints'/><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='forged'/></message>
    <message to='{juliet}' type='chat' id='m3'><body>Hi</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m2'><any/><any/></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m3'><any/><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*}'/></message>

# nor does one by the sender's own account get into his archive and to his other devices (3, rules 2 and 4)
Romeo/phone connects
Romeo/phone sends:
    <iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo/phone receives:
    <iq type='result' id='enable1' to='{romeo/phone}'/>
Romeo sends:
    <message to='{juliet}' type='chat' id='m4'><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='forged'/><stanza-id xmlns='urn:xmpp:sid:0' by='room@chat.example.org' id='theirs'/></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m4'><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='room@chat.example.org' id='theirs'/><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*}'/></message>
Romeo/phone receives:
    <message from='{romeo}' to='{romeo/phone}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{romeo/home}' to='{juliet}' type='chat' id='m4'><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='room@chat.example.org' id='theirs'/><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='{*}'/></message></forwarded></sent></message>

Juliet sends:
    <iq type='get' id='i1' to='{juliet}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Juliet receives:
    <iq type='result' id='i1' from='{juliet}' to='{juliet/home}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/><any/><feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:mam:2#extended'/><feature var='urn:xmpp:mam:2#groupchat-field'/><feature var='urn:xmpp:sid:0'/><more/></query></iq>
