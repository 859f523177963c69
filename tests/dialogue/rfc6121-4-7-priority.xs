# RFC 6121 4.7.2.3, 8.5: a resource of negative priority shows itself and gets no messages for the account, until it changes that.

Romeo connects
Juliet connects
Juliet sends:
    <presence><priority>-1</priority></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><priority>-1</priority></presence>
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>Art thou here?</body></message>
Romeo receives nothing
Juliet receives nothing
Romeo sends:
    <message to='{juliet/home}' type='chat' id='m2'><body>Thou alone</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='chat' id='m2'><body>Thou alone</body></message>
Juliet sends:
    <presence><priority>0</priority></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><priority>0</priority></presence>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>Art thou here?</body><more/></message>
