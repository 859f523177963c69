# RFC 6121 8.5.2.1.1: with negative priorities only it is as if nobody were there: messages wait, until a resource wants them (XEP-0160).

Juliet connects
Juliet sends:
    <presence><priority>-1</priority></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><priority>-1</priority></presence>
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>one</body></message>
    <message to='{juliet}' id='m2'><body>two</body></message>
    <message to='{juliet}' type='headline' id='m3'><body>three</body></message>
    <message to='{juliet/tomb}' type='chat' id='m4'><body>four</body></message>
    <message to='{juliet}' type='groupchat' id='m5'><body>five</body></message>
Romeo receives:
    <message from='{juliet}' to='{romeo/home}' type='error' id='m5'><body>five</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet receives nothing
# 8.5.3.1: the full JID is another matter
Romeo sends:
    <message to='{juliet/home}' type='chat' id='m6'><body>six</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='chat' id='m6'><body>six</body></message>
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>one</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
    <message from='{romeo/home}' to='{juliet}' id='m2'><body>two</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
    <message from='{romeo/home}' to='{juliet/tomb}' type='chat' id='m4'><body>four</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
Juliet receives nothing
Romeo receives nothing
