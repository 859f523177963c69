# Overview 2.2: presence is broadcast to those who have subscribed to it, and to nobody else.

Juliet is online
Romeo is online
Nurse is online
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
    <presence><show>away</show></presence>
    <message to='{nurse}' id='behind'><body>and behind it</body></message>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><show>away</show></presence>
Nurse receives:
    <message from='{juliet/home}' to='{nurse}' id='behind'><body>and behind it</body></message>
