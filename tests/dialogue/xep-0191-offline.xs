# XEP-0191 3.3: once somebody is blocked nothing of his is delivered, not even what he had sent before: messages and a request.

Juliet connects
Romeo connects
Nurse connects
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>before</body></message>
    <presence to='{juliet}' type='subscribe' id='s1'/>
Nurse sends:
    <message to='{juliet}' type='chat' id='n1'><body>Madam</body></message>
    <presence to='{juliet}' type='subscribe' id='s2'/>
Romeo receives nothing
Nurse receives nothing
Juliet sends:
    <iq type='set' id='block1'><block xmlns='urn:xmpp:blocking'><item jid='{romeo}'/></block></iq>
Juliet receives:
    <iq type='result' id='block1' to='{juliet/home}'/>
Juliet sends:
    <presence/>
Juliet receives in any order:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <presence from='{nurse}' to='{juliet}' type='subscribe' id='s2'/>
    <message from='{nurse/home}' to='{juliet}' type='chat' id='n1'><body>Madam</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
Juliet receives nothing
# he is told nothing about it, for that would tell him when she came
Romeo receives nothing
# the message is gone, the request waits
Juliet sends:
    <iq type='set' id='unblock1'><unblock xmlns='urn:xmpp:blocking'/></iq>
Juliet receives:
    <iq type='result' id='unblock1' to='{juliet/home}'/>
Juliet disconnects
Juliet connects
Juliet sends:
    <presence/>
Juliet receives in any order:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <presence from='{nurse}' to='{juliet}' type='subscribe' id='s2'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe' id='s1'/>
Juliet receives nothing
