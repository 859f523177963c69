# XEP-0160: messages to somebody who is away wait, in order, and arrive with the time they were sent (XEP-0203).

Juliet connects
Juliet disconnects
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>one</body></message>
    <message to='{juliet}' type='chat' id='m2'><body>two</body></message>
    <message to='{juliet}' id='m3'><body>three</body></message>
    <message to='{juliet}' type='chat' id='m4'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>
    <message to='{juliet}' type='headline' id='m5'><body>news</body></message>
Romeo receives nothing
Juliet connects
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>one</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m2'><body>two</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
    <message from='{romeo/home}' to='{juliet}' id='m3'><body>three</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
Juliet receives nothing
# and once only
Juliet disconnects
Juliet connects
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
Juliet receives nothing
