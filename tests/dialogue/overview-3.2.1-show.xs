# Overview 3.2.1 to 3.2.3: show, status and priority.

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
# 3.2.1
Juliet sends:
    <presence><show>away</show></presence>
    <presence><show>chat</show></presence>
    <presence><show>dnd</show></presence>
    <presence><show>xa</show></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><show>away</show></presence>
    <presence from='{juliet/home}' to='{romeo}'><show>chat</show></presence>
    <presence from='{juliet/home}' to='{romeo}'><show>dnd</show></presence>
    <presence from='{juliet/home}' to='{romeo}'><show>xa</show></presence>
# 3.2.2
Juliet sends:
    <presence xml:lang='en'><show>dnd</show><status>Wooing Romeo</status><status xml:lang='zh'>追求罗密欧</status></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' xml:lang='en'><show>dnd</show><status>Wooing Romeo</status><status xml:lang='zh'>追求罗密欧</status></presence>
# 3.2.3: from -128 to 127; one that is negative wants nothing that is not for it by name
Juliet sends:
    <presence><priority>127</priority></presence>
    <presence><priority>-1</priority></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'><priority>127</priority></presence>
    <presence from='{juliet/home}' to='{romeo}'><priority>-1</priority></presence>
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>for whom it may concern</body></message>
    <message to='{juliet/home}' type='chat' id='m2'><body>for thee</body></message>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><show>away</show></presence>
    <presence from='{juliet/home}' to='{juliet/home}'><show>chat</show></presence>
    <presence from='{juliet/home}' to='{juliet/home}'><show>dnd</show></presence>
    <presence from='{juliet/home}' to='{juliet/home}'><show>xa</show></presence>
    <presence from='{juliet/home}' to='{juliet/home}' xml:lang='en'><show>dnd</show><status>Wooing Romeo</status><status xml:lang='zh'>追求罗密欧</status></presence>
    <presence from='{juliet/home}' to='{juliet/home}'><priority>127</priority></presence>
    <presence from='{juliet/home}' to='{juliet/home}'><priority>-1</priority></presence>
    <message from='{romeo/home}' to='{juliet/home}' type='chat' id='m2'><body>for thee</body></message>
Juliet sends:
    <presence><priority>1</priority></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'><priority>1</priority></presence>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>for whom it may concern</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
# no number at all
Juliet sends:
    <presence id='p1'><priority>high</priority></presence>
Juliet receives:
    <presence type='error' id='p1' to='{juliet/home}'><priority>high</priority><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
