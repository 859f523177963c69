# RFC 6121 2.5.2: to remove a contact ends both subscriptions, and tells.

Juliet connects
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{juliet/home}' to='{juliet/home}'/>
Romeo connects
Romeo sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence/>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
    <presence from='{romeo/home}' to='{romeo/home}'/>
# both see each other
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none' ask='subscribe'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
    <presence to='{romeo}' type='subscribe'/>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='from'/></query></iq>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='from' ask='subscribe'/></query></iq>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='to'/></query></iq>
Romeo receives in any order:
    <presence from='{juliet/home}' to='{romeo}'/>
    <presence from='{juliet}' to='{romeo}' type='subscribe'/>
Romeo sends:
    <presence to='{juliet}' type='subscribed'/>
Romeo receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='both'/></query></iq>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribed'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='both'/></query></iq>
    <presence from='{romeo/home}' to='{juliet}'/>
# the removal
Juliet sends:
    <iq type='set' id='hm4hs97y'><query xmlns='jabber:iq:roster'><item jid='{romeo}' subscription='remove'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' subscription='remove'/></query></iq>
    <iq to='{juliet/home}' type='result' id='hm4hs97y'/>
# 3.3.3: he is told, and his roster follows; what he showed her ends
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='unsubscribe'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='to'/></query></iq>
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
    <presence from='{juliet}' to='{romeo}' type='unsubscribed'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{juliet}' subscription='none'/></query></iq>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' type='unavailable'/>
# neither sees the other any more
Juliet sends:
    <presence><show>away</show></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><show>away</show></presence>
Romeo sends:
    <presence><show>away</show></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><show>away</show></presence>
Juliet receives nothing
Romeo receives nothing
Juliet sends:
    <iq type='set' id='again'><query xmlns='jabber:iq:roster'><item jid='{romeo}' subscription='remove'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='error' id='again'><query xmlns='jabber:iq:roster'><more/></query><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
