# RFC 6121 2.1.2: subscription, ask and approved are the server's; what a client says of them is ignored, but for "remove".

Juliet connects
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='Nurse@Example.COM' name='Nurse' subscription='both' ask='subscribe' approved='true'><group>Servants</group><group>Friends &amp; co</group></item></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group><group>Friends &amp; co</group></item></query></iq>
    <iq to='{juliet/home}' type='result' id='r2'/>
# a subscription that the RFC does not know is no more
Juliet sends:
    <iq type='set' id='r3'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='' subscription='all'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' subscription='none'/></query></iq>
    <iq to='{juliet/home}' type='result' id='r3'/>
# a gateway has no node
Juliet sends:
    <iq type='set' id='r4'><query xmlns='jabber:iq:roster'><item jid='irc.example.com'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='irc.example.com' subscription='none'/></query></iq>
    <iq to='{juliet/home}' type='result' id='r4'/>
Juliet sends:
    <iq type='get' id='r5'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r5'><query xmlns='jabber:iq:roster'><any/><any/></query></iq>
