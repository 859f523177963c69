# RFC 6121 3.1.3, A.3.1: who is subscribed already and asks again is answered by the server; the user is not asked.

Juliet is online
Romeo is online
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
# in his state "to" the answer changes nothing and is not delivered (A.3.3)
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives nothing
# he removed her and so is not subscribed any more: she is told, and asked again
Romeo sends:
    <iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{juliet}' subscription='remove'/></query></iq>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='r1'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='unsubscribe'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
