# RFC 6121 3.1.3, 8.5.1: a subscription stanza to an account that does not exist says nothing about that.

Romeo connects
Romeo sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
    <presence to='nobody@{host}' type='subscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{romeo/home}' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nobody@{host}' subscription='none' ask='subscribe'/></query></iq>
Romeo receives nothing
# Juliet has an account and does not answer: it looks the same
Juliet is online
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none' ask='subscribe'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Romeo receives nothing
# 3.3: taken back
Romeo sends:
    <presence to='nobody@{host}' type='unsubscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nobody@{host}' subscription='none'/></query></iq>
Romeo sends:
    <presence to='nobody@{host}' type='unsubscribed'/>
    <presence to='{host}' type='subscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{host}' subscription='none' ask='subscribe'/></query></iq>
Romeo receives nothing
