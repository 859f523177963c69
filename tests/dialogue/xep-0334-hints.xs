# XEP-0334 4: what must not be archived may still wait for who is away; what must not be stored may not.

Juliet connects
Juliet disconnects
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>not for the archive</body><no-permanent-store xmlns='urn:xmpp:hints'/></message>
    <message to='{juliet}' type='chat' id='m2'><body>now or never</body><no-store xmlns='urn:xmpp:hints'/></message>
    <message to='{juliet}' type='chat' id='m3'><x xmlns='urn:example:encrypted'/><store xmlns='urn:xmpp:hints'/></message>
Romeo receives nothing
Juliet connects
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>not for the archive</body><no-permanent-store xmlns='urn:xmpp:hints'/><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m3'><x xmlns='urn:example:encrypted'/><store xmlns='urn:xmpp:hints'/><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
Juliet receives nothing
