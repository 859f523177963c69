# RFC 6121 3.4.2: pre-approval in the states it is possible in, its end, and what it is not.

Juliet connects
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
    <iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='{romeo}' name='Romeo'><group>Friends</group></item></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='Romeo' subscription='none'><group>Friends</group></item></query></iq>
    <iq to='{juliet/home}' type='result' id='r2'/>
Romeo is online
# a contact that is in the roster already keeps name and groups; Romeo hears nothing of it
Juliet sends:
    <presence to='{romeo}' type='subscribed' id='pg81vx64'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='Romeo' subscription='none' approved='true'><group>Friends</group></item></query></iq>
# said again it changes nothing
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Juliet receives nothing
# it survives a set, and beside a request of her own
Juliet sends:
    <iq type='set' id='r3'><query xmlns='jabber:iq:roster'><item jid='{romeo}' name='R.'/></query></iq>
    <presence to='{romeo}' type='subscribe'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='R.' subscription='none' approved='true'/></query></iq>
    <iq to='{juliet/home}' type='result' id='r3'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='R.' subscription='none' ask='subscribe' approved='true'/></query></iq>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribe'/>
# taken back by "unsubscribed", which goes nowhere
Juliet sends:
    <presence to='{romeo}' type='unsubscribed'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='R.' subscription='none' ask='subscribe'/></query></iq>
Romeo receives nothing
# given again; his request is answered by the server, and hers still waits
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='R.' subscription='none' ask='subscribe' approved='true'/></query></iq>
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives in any order:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='R.' subscription='from' ask='subscribe' approved='true'/></query></iq>
Juliet receives nothing
# an answer to a request is no pre-approval
Romeo sends:
    <presence to='{juliet}' type='subscribed'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribed'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='R.' subscription='both' approved='true'/></query></iq>
    <presence from='{romeo/home}' to='{juliet}'/>
Romeo sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'><item jid='{juliet}' subscription='both'/></query></iq>
# unsubscribed ends both, the subscription and the approval
Juliet sends:
    <presence to='{romeo}' type='unsubscribed'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='R.' subscription='to'/></query></iq>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
    <presence from='{juliet}' to='{romeo}' type='unsubscribed'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='from'/></query></iq>
