# RFC 6121 3.3: Romeo does not want to see Juliet's presence any more.

Romeo connects
Romeo sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{romeo/home}' to='{romeo/home}'/>
Juliet connects
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{juliet/home}' to='{juliet/home}'/>
Juliet/phone is online
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}'/>
# 3.3.3 in a request's place: taken back before it is answered, it does not wait any more
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none' ask='subscribe'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Romeo sends:
    <presence to='{juliet}' type='unsubscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='unsubscribe'/>
# now it is granted
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none' ask='subscribe'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='from'/></query></iq>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='to'/></query></iq>
Romeo receives in any order:
    <presence from='{juliet/home}' to='{romeo}'/>
    <presence from='{juliet/phone}' to='{romeo}'/>
# 3.3.2: his roster first; 3.3.3: she is told before her roster changes, and he sees all her resources go
Romeo sends:
    <presence to='{juliet}' type='unsubscribe' id='ul4bs71n'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none'/></query></iq>
Romeo receives in any order:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
    <presence from='{juliet/phone}' to='{romeo}' type='unavailable'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='unsubscribe' id='ul4bs71n'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='none'/></query></iq>
Juliet/phone receives:
    <presence from='{juliet/home}' to='{juliet/phone}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
    <presence from='{romeo}' to='{juliet}' type='unsubscribe'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
    <presence from='{romeo}' to='{juliet}' type='unsubscribe' id='ul4bs71n'/>
Juliet/phone receives nothing
