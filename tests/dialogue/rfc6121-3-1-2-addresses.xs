# RFC 6121 3.1.1, 3.1.2: subscription stanzas travel from bare JID to bare JID, whatever the client writes.

Romeo connects
Romeo sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{romeo/home}' to='{romeo/home}'/>
Juliet is online
Romeo sends:
    <presence from='{romeo/home}' to='{juliet/home}' type='subscribe' id='xk3h1v69'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none' ask='subscribe'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe' id='xk3h1v69'/>
Juliet sends:
    <presence to='{romeo/somewhere}' type='subscribed' id='h4v1c4kj'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed' id='h4v1c4kj'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='to'/></query></iq>
    <presence from='{juliet/home}' to='{romeo}'/>
# without an address they mean nothing; to oneself they change nothing
Romeo sends:
    <presence type='subscribe' id='nobody'/>
Romeo receives:
    <presence to='{romeo/home}' type='error' id='nobody'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
Romeo sends:
    <presence to='{romeo}' type='subscribe'/>
    <presence to='{romeo}' type='unsubscribed'/>
Romeo receives nothing
