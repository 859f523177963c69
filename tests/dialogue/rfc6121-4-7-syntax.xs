# RFC 6121 4.7: types, show, status, priority: what passes and what is a bad request.

Juliet is online
Juliet sends:
    <presence id='b1'><priority>128</priority></presence>
    <presence id='b2'><priority>-129</priority></presence>
    <presence id='b3'><priority>high</priority></presence>
    <presence id='b4'><priority>1</priority><priority>2</priority></presence>
    <presence id='b5'><show>away</show><show>dnd</show></presence>
    <presence id='b6' type='available'/>
    <presence id='b7' type='invisible'/>
Juliet receives:
    <presence to='{juliet/home}' type='error' id='b1'><priority>128</priority><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
    <presence to='{juliet/home}' type='error' id='b2'><priority>-129</priority><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
    <presence to='{juliet/home}' type='error' id='b3'><priority>high</priority><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
    <presence to='{juliet/home}' type='error' id='b4'><priority>1</priority><priority>2</priority><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
    <presence to='{juliet/home}' type='error' id='b5'><show>away</show><show>dnd</show><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
    <presence to='{juliet/home}' type='error' id='b6'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
    <presence to='{juliet/home}' type='error' id='b7'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
# a bad one has changed nothing: another resource sees the last good one
Juliet/phone connects
Juliet/phone sends:
    <presence/>
Juliet/phone receives in any order:
    <presence from='{juliet/phone}' to='{juliet/phone}'/>
    <presence from='{juliet/home}' to='{juliet/phone}'/>
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}'/>
# the edges of the range, each show, a status in two languages
Juliet sends:
    <presence><priority>127</priority></presence>
    <presence><priority>-128</priority></presence>
    <presence><show>away</show></presence>
    <presence><show>chat</show></presence>
    <presence><show>dnd</show></presence>
    <presence><show>xa</show><status xml:lang='en'>a</status><status xml:lang='cs'>b</status></presence>
Juliet/phone receives:
    <presence from='{juliet/home}' to='{juliet/phone}'><priority>127</priority></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'><priority>-128</priority></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'><show>away</show></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'><show>chat</show></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'><show>dnd</show></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'><show>xa</show><status xml:lang='en'>a</status><status xml:lang='cs'>b</status></presence>
# an error is passed on and never answered; without an address it is nobody's
Juliet sends:
    <presence type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
    <presence type='error' id='x1' to='{juliet/phone}'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
Juliet/phone receives:
    <presence from='{juliet/home}' to='{juliet/phone}' type='error' id='x1'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
# directed presence keeps the same rules
Juliet sends:
    <presence id='b8' to='{juliet/phone}'><priority>1000</priority></presence>
Juliet/phone receives nothing
