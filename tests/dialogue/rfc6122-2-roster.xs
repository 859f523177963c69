# RFC 6122 2.3, RFC 6121 2.1.2.1: a contact is one contact however his address is written, in the roster and in a
# subscription.

Romeo is online
Juliet is online

Romeo sends:
    <iq type='get' id='r0'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq type='result' id='r0' to='{romeo/home}'><query xmlns='jabber:iq:roster'><more/></query></iq>
Romeo sends:
    <iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{juliet:UPPER}' name='Juliet'/></query></iq>
Romeo receives in any order:
    <iq type='result' id='r1' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'>
        <query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' name='Juliet' subscription='none'/></query>
    </iq>
Romeo sends:
    <presence to='{juliet:UPPER}' type='subscribe'/>
Romeo receives:
    <iq type='set' id='{*}' to='{romeo/home}'>
        <query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' name='Juliet' subscription='none' ask='subscribe'/></query>
    </iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Romeo sends:
    <iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='{juliet:UPPER}' subscription='remove'/></query></iq>
Romeo receives in any order:
    <iq type='result' id='r2' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'>
        <query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='remove'/></query>
    </iq>
