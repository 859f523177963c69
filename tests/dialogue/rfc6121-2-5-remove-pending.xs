# RFC 6121 2.5.2 with 3.3.2 and 3.2: to remove a contact takes a request back that he has not answered, and denies his.

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
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none' ask='subscribe'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribe'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='none' ask='subscribe'/></query></iq>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribe'/>
Romeo sends:
    <iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='{juliet}' subscription='remove'/></query></iq>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='remove'/></query></iq>
    <iq to='{romeo/home}' type='result' id='r2'/>
# his request is gone, hers is denied
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='unsubscribe'/>
    <presence from='{romeo}' to='{juliet}' type='unsubscribed'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='none'/></query></iq>
Juliet disconnects
Juliet connects
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
Juliet receives nothing
Romeo disconnects
Romeo connects
Romeo sends:
    <presence/>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'/>
Romeo receives nothing
