# XEP-0191 3.3, 3.4: a contact that is blocked sees the user go and nothing more; unblocked he sees how it is.

Juliet is online
Romeo is online
Juliet sends:
    <presence to='{romeo}' type='subscribe'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribe'/>
Romeo sends:
    <presence to='{juliet}' type='subscribed'/>
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribed'/>
    <presence from='{romeo/home}' to='{juliet}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>

# blocked: he sees her go, and she him (XEP-0016 2.10)
Juliet sends:
    <iq type='set' id='block1'><block xmlns='urn:xmpp:blocking'><item jid='{romeo}'/></block></iq>
Juliet receives in any order:
    <iq type='result' id='block1' to='{juliet/home}'/>
    <presence from='{romeo}' to='{juliet/home}' type='unavailable'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>

# neither hears of the other's presence; a second login asks and tells nothing
Juliet sends:
    <presence><show>away</show></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><show>away</show></presence>
Romeo sends:
    <presence><show>xa</show></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><show>xa</show></presence>
Romeo/phone connects
Romeo/phone sends:
    <presence/>
Romeo/phone receives in any order:
    <presence from='{romeo/phone}' to='{romeo/phone}'/>
    <presence from='{romeo/home}' to='{romeo/phone}'><show>xa</show></presence>
Romeo receives:
    <presence from='{romeo/phone}' to='{romeo/home}'/>
Romeo sends:
    <presence to='{juliet}' type='probe'/>
    <iq to='{juliet}' type='get' id='q1'><query xmlns='jabber:iq:last'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='q1'><query xmlns='jabber:iq:last'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo/phone disconnects
Romeo receives:
    <presence from='{romeo/phone}' to='{romeo/home}' type='unavailable'/>
Juliet/chamber connects
Juliet/chamber sends:
    <presence/>
Juliet/chamber receives in any order:
    <presence from='{juliet/chamber}' to='{juliet/chamber}'/>
    <presence from='{juliet/home}' to='{juliet/chamber}'><show>away</show></presence>
Juliet receives:
    <presence from='{juliet/chamber}' to='{juliet/home}'/>
Juliet/chamber disconnects
Juliet receives:
    <presence from='{juliet/chamber}' to='{juliet/home}' type='unavailable'/>
Juliet receives nothing
Romeo receives nothing

# unblocked: each is told how the other is now
Juliet sends:
    <iq type='set' id='unblock1'><unblock xmlns='urn:xmpp:blocking'><item jid='{romeo}'/></unblock></iq>
Juliet receives in any order:
    <iq type='result' id='unblock1' to='{juliet/home}'/>
    <presence from='{romeo/home}' to='{juliet/home}'><show>xa</show></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><show>away</show></presence>
# the subscription is what it was: blocking is polite
Juliet sends:
    <presence/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'/>
