# XEP-0198 "Acks": when a session is gone, the client says again in the next one what it has heard nothing of.
# It is delivered once, also when the client marks it as delayed.

Juliet is online
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>Once</body></message>
    <message to='{juliet}' type='chat' id='m2'><body>Once</body><origin-id xmlns='urn:xmpp:sid:0' id='m2'/></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>Once</body></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m2'><body>Once</body><origin-id xmlns='urn:xmpp:sid:0' id='m2'/></message>
Romeo breaks
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>Once</body></message>
    <message to='{juliet}' type='chat' id='m2'><body>Once</body><origin-id xmlns='urn:xmpp:sid:0' id='m2'/><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/></message>
    <message to='{juliet}' type='chat' id='m3'><body>New</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m3'><body>New</body></message>
Juliet receives nothing

# who closes his stream has nothing to repeat: a client that counts its ids anew says something new
Romeo disconnects
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m3'><body>New</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m3'><body>New</body></message>

# ... and so does a client that gives it another id, but the same origin-id
Romeo sends:
    <message to='{juliet}' type='chat' id='m4'><body>Origin</body><origin-id xmlns='urn:xmpp:sid:0' id='o4'/></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m4'><body>Origin</body><origin-id xmlns='urn:xmpp:sid:0' id='o4'/></message>
Romeo breaks
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m5'><body>Origin</body><origin-id xmlns='urn:xmpp:sid:0' id='o4'/></message>
    <message to='{juliet}' type='chat' id='m6'><body>Next</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m6'><body>Next</body></message>

# the same id with another text is another message
Romeo breaks
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m3'><body>Newer</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m3'><body>Newer</body></message>
