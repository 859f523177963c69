# RFC 6121 4.3.2: a probe of who is subscribed is answered with what each resource last showed, or with unavailable.

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
    <presence id='last'><show>away</show><status>at mass</status></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' id='last'><show>away</show><status>at mass</status></presence>
# a client may ask (XEP-0318); the answer is for it alone
Romeo sends:
    <presence to='{juliet}' type='probe' id='p1'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo/home}' id='last'><show>away</show><status>at mass</status></presence>
# Juliet learns nothing of it
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}' id='last'><show>away</show><status>at mass</status></presence>
Juliet receives nothing
# connected and not available is unavailable
Juliet sends:
    <presence type='unavailable'/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}' type='unavailable'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Romeo sends:
    <presence to='{juliet}' type='probe'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo/home}' type='unavailable'/>
# the other way round nobody has said yes
Juliet sends:
    <presence to='{romeo}' type='probe'/>
    <presence type='probe'/>
    <presence to='{host}' type='probe'/>
Juliet receives nothing
Romeo receives nothing
