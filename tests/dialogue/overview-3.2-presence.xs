# Overview 3.2: types of presence: none, unavailable, subscribe, unsubscribe, the answers to these, probe, error.
# "A probe can only be sent by the server": a client's goes no further than to whom its user sees anyway (XEP-0318), and the answer is
# the contact's server's; unsubscribed, it is silence.

Romeo is online
Juliet is online
# without type: there, and able to communicate
Romeo sends:
    <presence/>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'/>
# subscribe, and the answer
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
# the server probes at login: what comes is what the contact last said
Juliet sends:
    <presence><show>dnd</show></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><show>dnd</show></presence>
Romeo/phone connects
Romeo/phone sends:
    <presence/>
Romeo/phone receives in any order:
    <presence from='{romeo/phone}' to='{romeo/phone}'/>
    <presence from='{romeo/home}' to='{romeo/phone}'/>
    <presence from='{juliet/home}' to='{romeo/phone}'><show>dnd</show></presence>
Romeo receives:
    <presence from='{romeo/phone}' to='{romeo/home}'/>
# unavailable
Juliet sends:
    <presence type='unavailable'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Romeo/phone receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Juliet sends:
    <presence/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'/>
Romeo/phone receives:
    <presence from='{juliet/home}' to='{romeo}'/>
# unsubscribed: she takes it back; what he sees of her is gone first
Juliet sends:
    <presence to='{romeo}' type='unsubscribed'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
    <presence from='{juliet}' to='{romeo}' type='unsubscribed'/>
Romeo/phone receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
    <presence from='{juliet}' to='{romeo}' type='unsubscribed'/>
Romeo sends:
    <presence to='{juliet}' type='probe'/>
Romeo receives nothing
# unsubscribe: he does it himself
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><show>dnd</show></presence>
    <presence from='{juliet/home}' to='{juliet/home}' type='unavailable'/>
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Romeo/phone receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Romeo sends:
    <presence to='{juliet}' type='unsubscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='unsubscribe'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
# error: something about presence that was sent cannot be done
Juliet sends:
    <presence type='nonsense' id='p1'/>
Juliet receives:
    <presence type='error' id='p1' to='{juliet/home}'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
