# RFC 6121 8.5.2.1.1: a chat message to a bare JID reaches every available resource with a non-negative priority.

Juliet is online
Juliet/chamber connects
Juliet/chamber sends:
    <presence><priority>-1</priority></presence>
Juliet/chamber receives in any order:
    <presence from='{juliet/chamber}' to='{juliet/chamber}'><priority>-1</priority></presence>
    <presence from='{juliet/home}' to='{juliet/chamber}'/>
Juliet receives:
    <presence from='{juliet/chamber}' to='{juliet/home}'><priority>-1</priority></presence>
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>Art thou not &lt;Juliet&gt; &amp; a Capulet?</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>Art thou not &lt;Juliet&gt; &amp; a Capulet?</body></message>
Juliet/chamber receives nothing
Romeo receives nothing
