# RFC 6121 8.5.2.1.1: several resources, whatever their priorities: who has not asked for less gets all (doc/decisions/005-messages-to-all.md).

Juliet connects
Juliet sends:
    <presence><priority>5</priority></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><priority>5</priority></presence>
Juliet/phone connects
Juliet/phone sends:
    <presence><priority>1</priority></presence>
Juliet/phone receives in any order:
    <presence from='{juliet/phone}' to='{juliet/phone}'><priority>1</priority></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'><priority>5</priority></presence>
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}'><priority>1</priority></presence>
# connected, but has said nothing
Juliet/tomb connects
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m0'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m0'><body>x</body></message>
Juliet/phone receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m0'><body>x</body></message>
Romeo sends:
    <message to='{juliet}' id='m1'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' id='m1'><body>x</body></message>
Juliet/phone receives:
    <message from='{romeo/home}' to='{juliet}' id='m1'><body>x</body></message>
Romeo sends:
    <message to='{juliet}' type='headline' id='m2'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='headline' id='m2'><body>x</body></message>
Juliet/phone receives:
    <message from='{romeo/home}' to='{juliet}' type='headline' id='m2'><body>x</body></message>
# 8.5.3.2.1: chat to a resource that is not there goes to the others
Romeo sends:
    <message to='{juliet/gone}' type='chat' id='g1'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/gone}' type='chat' id='g1'><body>x</body></message>
Juliet/phone receives:
    <message from='{romeo/home}' to='{juliet/gone}' type='chat' id='g1'><body>x</body></message>
# 8.5.3.1: one that is connected gets what is for it
Romeo sends:
    <message to='{juliet/tomb}' id='f1'><body>x</body></message>
    <presence to='{juliet/tomb}' id='f2'/>
    <iq to='{juliet/tomb}' type='get' id='f3'><query xmlns='urn:example:q'/></iq>
Juliet/tomb receives:
    <message from='{romeo/home}' to='{juliet/tomb}' id='f1'><body>x</body></message>
    <presence from='{romeo/home}' to='{juliet/tomb}' id='f2'/>
    <iq from='{romeo/home}' to='{juliet/tomb}' type='get' id='f3'><query xmlns='urn:example:q'/></iq>
# none of it comes a second time when one goes
Juliet/phone disconnects
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}' type='unavailable'/>
Juliet receives nothing
Juliet/tomb receives nothing
