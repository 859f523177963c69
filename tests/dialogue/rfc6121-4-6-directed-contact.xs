# RFC 6121 4.6.3: to a contact that sees the broadcast, directed presence is one more stanza; he gets one unavailable.

Romeo is online
Juliet is online
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet sends:
    <presence to='{romeo}'><status>for you alone</status></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><status>for you alone</status></presence>
# he is still in later broadcasts
Juliet sends:
    <presence><show>away</show></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><show>away</show></presence>
Juliet disconnects
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Romeo receives nothing
# who is no contact any more and has directed presence since is told
Juliet is online
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet sends:
    <presence to='{romeo}' type='unsubscribed'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
    <presence from='{juliet}' to='{romeo}' type='unsubscribed'/>
Juliet sends:
    <presence to='{romeo}'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet breaks
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Romeo receives nothing
