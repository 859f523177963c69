# Overview 1.4: three kinds of stanza, and what they have in common: to, from, id, type, xml:lang (3.1 says what each is).
# `from` is the server's to say (RFC 6120 8.1.2.1): it is there whether the client says it or not.

Juliet is online
Romeo is online
Juliet sends:
    <message to='{romeo/home}' id='s1' type='chat' xml:lang='zh'><body>罗密欧啊!</body></message>
    <presence to='{romeo/home}' id='s2' xml:lang='zh'><status>在阳台</status></presence>
    <iq to='{romeo/home}' id='s3' type='get' xml:lang='zh'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <message from='{juliet/home}' to='{romeo/home}' id='s1' type='chat' xml:lang='zh'><body>罗密欧啊!</body></message>
    <presence from='{juliet/home}' to='{romeo/home}' id='s2' xml:lang='zh'><status>在阳台</status></presence>
    <iq from='{juliet/home}' to='{romeo/home}' id='s3' type='get' xml:lang='zh'><query xmlns='jabber:iq:version'/></iq>
