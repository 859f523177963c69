# RFC 6121 4.6: directed presence to somebody who is not subscribed, and the unavailable that it is owed.

Juliet is online
Romeo is online
Romeo sends:
    <presence to='{juliet/home}' id='d1'><status>for you</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet/home}' id='d1'><status>for you</status></presence>
# a broadcast is not for her
Romeo sends:
    <presence><show>away</show></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><show>away</show></presence>
Juliet receives nothing
Romeo breaks
Juliet receives:
    <presence from='{romeo/home}' to='{juliet/home}' type='unavailable'/>
