# XEP-0191 3.3, RFC 6121 4.6: somebody without a subscription who was shown presence is told of its end when he is blocked.

Juliet is online
Romeo is online
Juliet sends:
    <presence to='{romeo/home}'><show>chat</show></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo/home}'><show>chat</show></presence>
Juliet sends:
    <iq type='set' id='block1'><block xmlns='urn:xmpp:blocking'><item jid='{romeo}'/></block></iq>
Juliet receives:
    <iq type='result' id='block1' to='{juliet/home}'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo/home}' type='unavailable'/>
# once is enough; and he who was not subscribed sees nothing when it is over
Juliet sends:
    <iq type='set' id='unblock1'><unblock xmlns='urn:xmpp:blocking'/></iq>
Juliet receives:
    <iq type='result' id='unblock1' to='{juliet/home}'/>
Juliet disconnects
Romeo receives nothing
