# RFC 6121 8.5.3: messages to a full JID, with and without such a resource.

Juliet is online
Romeo connects
Romeo sends:
    <message to='{juliet/home}' type='normal' id='m1'><subject>Neither</subject><body>fair saint</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='normal' id='m1'><subject>Neither</subject><body>fair saint</body></message>
# 8.5.3.2.1: no such resource; chat goes to the others
Romeo sends:
    <message to='{juliet/tomb}' type='chat' id='m2'><body>if either thee dislike</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/tomb}' type='chat' id='m2'><body>if either thee dislike</body></message>
Romeo sends:
    <message to='{juliet/tomb}' type='groupchat' id='m3'><body>hello all</body></message>
Romeo receives:
    <message from='{juliet/tomb}' to='{romeo/home}' type='error' id='m3'><body>hello all</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet receives nothing
