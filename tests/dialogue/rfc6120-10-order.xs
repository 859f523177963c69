# RFC 6120 10.1: what one says to another arrives in the order in which it was said, of whatever kind it is.

Juliet connects
Romeo connects
Romeo sends:
    <message to='{juliet/home}' type='chat' id='o0'><body>x</body></message>
    <iq to='{juliet/home}' type='get' id='o1'><query xmlns='urn:example:q'/></iq>
    <presence to='{juliet/home}' id='o2'><show>dnd</show></presence>
    <message to='{juliet/home}' type='headline' id='o3'><body>x</body></message>
    <iq to='{juliet/home}' type='result' id='o4'></iq>
    <message to='{juliet/home}' id='o5'><subject>x</subject></message>
    <presence to='{juliet/home}' type='unavailable' id='o6'></presence>
    <message to='{juliet/home}' type='error' id='o7'><error type='cancel'/></message>
    <iq to='{juliet/home}' type='set' id='o8'><query xmlns='urn:example:q'/></iq>
    <message to='{juliet/home}' type='groupchat' id='o9'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='chat' id='o0'><body>x</body></message>
    <iq from='{romeo/home}' to='{juliet/home}' type='get' id='o1'><query xmlns='urn:example:q'/></iq>
    <presence from='{romeo/home}' to='{juliet/home}' id='o2'><show>dnd</show></presence>
    <message from='{romeo/home}' to='{juliet/home}' type='headline' id='o3'><body>x</body></message>
    <iq from='{romeo/home}' to='{juliet/home}' type='result' id='o4'></iq>
    <message from='{romeo/home}' to='{juliet/home}' id='o5'><subject>x</subject></message>
    <presence from='{romeo/home}' to='{juliet/home}' type='unavailable' id='o6'></presence>
    <message from='{romeo/home}' to='{juliet/home}' type='error' id='o7'><error type='cancel'/></message>
    <iq from='{romeo/home}' to='{juliet/home}' type='set' id='o8'><query xmlns='urn:example:q'/></iq>
    <message from='{romeo/home}' to='{juliet/home}' type='groupchat' id='o9'><body>x</body></message>
Romeo receives nothing
