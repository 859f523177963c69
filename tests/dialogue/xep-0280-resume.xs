# XEP-0280 with XEP-0198: copies that a client has not acknowledged come again when it resumes, and carbons stay on.

Juliet is online
Romeo/garden is online
Romeo connects
Romeo sends:
    <enable xmlns='urn:xmpp:sm:3' resume='true'/>
Romeo receives:
    <enabled xmlns='urn:xmpp:sm:3' id='{*id}' resume='true' max='600'/>
Romeo sends:
    <iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo receives:
    <iq type='result' id='enable1' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo/garden}' type='chat' id='m1'><body>One</body></message>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' type='chat' id='m1'><any/></message></forwarded></received></message>
Romeo breaks
Romeo/garden receives:
    <message from='{juliet/home}' to='{romeo/garden}' type='chat' id='m1'><body>One</body></message>
Romeo/garden sends:
    <message to='{juliet/home}' type='chat' id='m2'><body>Two</body></message>
Romeo/garden receives nothing
Romeo logs in
Romeo sends:
    <resume xmlns='urn:xmpp:sm:3' previd='{id}' h='1'/>
Romeo receives:
    <resumed xmlns='urn:xmpp:sm:3' previd='{id}' h='{*}'/>
    <message from='{romeo}' to='{romeo/home}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' type='chat' id='m1'><any/></message></forwarded></received></message>
    <message from='{romeo}' to='{romeo/home}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{romeo/garden}' to='{juliet/home}' type='chat' id='m2'><any/></message></forwarded></sent></message>
Juliet sends:
    <message to='{romeo/garden}' type='chat' id='m3'><body>Three</body></message>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' type='chat' id='m3'><any/></message></forwarded></received></message>
Romeo receives nothing
