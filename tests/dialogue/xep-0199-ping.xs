# XEP-0199 4.1, 4.2: client to server, and client to client.

Juliet is online
Juliet sends:
    <iq to='{host}' id='c2s1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet receives:
    <iq from='{host}' to='{juliet/home}' id='c2s1' type='result'/>
Romeo connects
Romeo sends:
    <iq to='{juliet/home}' id='e2e1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' id='e2e1' type='get'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet sends:
    <iq to='{romeo/home}' id='e2e1' type='result'/>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' id='e2e1' type='result'/>
