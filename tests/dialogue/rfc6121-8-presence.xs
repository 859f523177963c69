# RFC 6121 8.5.2.1.2, 8.5.2.2.2, 8.5.3.1, 8.5.3.2.2: presence for an account, for a resource, for nobody.

Juliet is online
Juliet/phone connects
Juliet/phone sends:
    <presence><priority>-1</priority></presence>
Juliet/phone receives in any order:
    <presence from='{juliet/phone}' to='{juliet/phone}'><priority>-1</priority></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'/>
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}'><priority>-1</priority></presence>
Romeo connects
# to the bare JID: every available resource, whatever its priority
Romeo sends:
    <presence to='{juliet}' id='p1'><show>chat</show></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' id='p1'><show>chat</show></presence>
Juliet/phone receives:
    <presence from='{romeo/home}' to='{juliet}' id='p1'><show>chat</show></presence>
# to a full one: that
Romeo sends:
    <presence to='{juliet/phone}' type='unavailable' id='p2'/>
Juliet/phone receives:
    <presence from='{romeo/home}' to='{juliet/phone}' type='unavailable' id='p2'/>
# to one that is not there, or to nobody: silence
Romeo sends:
    <presence to='{juliet/tomb}' id='p3'/>
    <presence to='{juliet/tomb}' type='unavailable' id='p4'/>
    <presence to='nobody@{host}' id='p5'/>
    <presence to='nobody@{host}' type='unavailable' id='p6'/>
    <presence to='nobody@{host}/x' type='probe' id='p7'/>
    <presence to='{juliet/home}' type='probe' id='p8'/>
Romeo receives nothing
# 4.7.1: a type that there is not
Romeo sends:
    <presence to='{juliet}' type='whisper' id='p9'/>
    <presence type='whisper' id='p10'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo/home}' type='error' id='p9'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
    <presence to='{romeo/home}' type='error' id='p10'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
Juliet receives nothing
Juliet/phone receives nothing
