# RFC 6121 3.1: Romeo asks, Juliet approves; both rosters follow, presence flows. 3.2, 3.3: and ends.

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
    <presence><show>away</show></presence>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{juliet/home}' to='{juliet/home}'><show>away</show></presence>
Romeo sends:
    <presence to='{juliet}' type='subscribe' id='s1'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none' ask='subscribe'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe' id='s1'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed' id='s2'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='from'/></query></iq>
# 3.1.6: the approval comes before the push, so that the client knows what the push is about
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed' id='s2'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='to'/></query></iq>
    <presence from='{juliet/home}' to='{romeo}'><show>away</show></presence>
# her presence reaches him now; his does not reach her
Juliet sends:
    <presence><show>dnd</show></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><show>dnd</show></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><show>dnd</show></presence>
Romeo sends:
    <presence><show>chat</show></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><show>chat</show></presence>
Juliet receives nothing
# 3.2.1: she takes it back
Juliet sends:
    <presence to='{romeo}' type='unsubscribed'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='none'/></query></iq>
# 3.2.2: unavailable while he is still subscribed; 3.2.3: the push comes last
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
    <presence from='{juliet}' to='{romeo}' type='unsubscribed'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none'/></query></iq>
