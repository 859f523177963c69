# RFC 6120 8.3: errors of a client pass as they are, whatever is in them; nobody answers them.

Juliet is online
Romeo connects
Juliet sends:
    <iq to='{romeo/home}' type='error' id='e1'><query xmlns='urn:example:q'/><error type='cancel' by='{juliet/home}'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='de'>Kann ich nicht</text><unsupported xmlns='http://jabber.org/protocol/pubsub#errors' feature='x'/></error></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='e1'><query xmlns='urn:example:q'/><error type='cancel' by='{juliet/home}'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='de'>Kann ich nicht</text><unsupported xmlns='http://jabber.org/protocol/pubsub#errors' feature='x'/></error></iq>
Juliet sends:
    <message to='{romeo/home}' type='error' id='e2'><body>x</body><error type='wait' code='404'><recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo/home}' type='error' id='e2'><body>x</body><error type='wait' code='404'><recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <presence to='{romeo/home}' type='error' id='e3'><error type='modify'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:juliet@example.org</gone></error></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo/home}' type='error' id='e3'><error type='modify'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:juliet@example.org</gone></error></presence>
Juliet sends:
    <iq to='{romeo/home}' type='error' id='e4'/>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='e4'/>
Juliet sends:
    <message to='{romeo/home}' type='error' id='e5'><body>no error in it</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo/home}' type='error' id='e5'><body>no error in it</body></message>
Juliet sends:
    <iq to='{romeo/home}' type='error' id='e6'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error><error type='wait'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='e6'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error><error type='wait'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq to='{romeo/home}' type='error' id='e7'><error type='whatever'><undefined xmlns='urn:example:errors'/></error></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='e7'><error type='whatever'><undefined xmlns='urn:example:errors'/></error></iq>
Juliet sends:
    <iq to='{romeo/home}' type='error'><error/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error'><error/></iq>
Juliet receives nothing
# an <error/> in what is none is as any other child
Juliet sends:
    <message to='{romeo/home}' type='chat' id='e9'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo/home}' type='chat' id='e9'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
# and does not come back as a second one
Juliet sends:
    <iq to='{host}' type='get' id='e10'><error xmlns='jabber:client' type='cancel'/></iq>
Juliet receives:
    <iq from='{host}' to='{juliet/home}' type='error' id='e10'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# 8.3.1: the sender's words come back with their language
Juliet sends:
    <message to='nobody@{host}' type='chat' id='e11' xml:lang='it'><body>ciao</body></message>
Juliet receives:
    <message from='nobody@{host}' to='{juliet/home}' type='error' id='e11' xml:lang='it'><body>ciao</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
# errors for those who are not there
Juliet sends:
    <message to='{romeo/tomb}' type='error' id='e12'><error type='cancel'/></message>
    <message to='nobody@{host}' type='error' id='e13'><error type='cancel'/></message>
    <message to='{host}' type='error' id='e14'><error type='cancel'/></message>
    <iq to='{romeo/tomb}' type='error' id='e15'><error type='cancel'/></iq>
    <presence to='nobody@{host}' type='error' id='e16'><error type='cancel'/></presence>
Juliet receives nothing
Romeo receives nothing
