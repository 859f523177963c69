# RFC 6121 3.4: a subscription that is approved before it is asked for.

Juliet connects
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
    <presence to='{romeo}' type='subscribed'/>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='none' approved='true'/></query></iq>
Romeo is online
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives in any order:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='from' approved='true'/></query></iq>
Juliet receives nothing
