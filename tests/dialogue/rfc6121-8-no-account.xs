# RFC 6121 8.5.1: there is no such account: messages and requests are refused, everything else is ignored.

Romeo connects
Romeo sends:
    <message to='nobody@{host}' id='b0'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}' to='{romeo/home}' type='error' id='b0'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}' type='normal' id='b1'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}' to='{romeo/home}' type='error' id='b1'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}' type='chat' id='b2'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}' to='{romeo/home}' type='error' id='b2'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}' type='groupchat' id='b3'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}' to='{romeo/home}' type='error' id='b3'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}' type='whisper' id='b4'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}' to='{romeo/home}' type='error' id='b4'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}' type='headline' id='b6'><body>hi</body></message>
    <message to='nobody@{host}' type='error' id='b7'><error type='cancel'/></message>
    <presence to='nobody@{host}' id='b8'/>
    <presence to='nobody@{host}' type='unavailable' id='b9'/>
    <presence to='nobody@{host}' type='probe' id='b10'/>
    <presence to='nobody@{host}' type='error' id='b11'/>
    <iq to='nobody@{host}' type='result' id='b12'/>
    <iq to='nobody@{host}' type='error' id='b13'><error type='cancel'/></iq>
Romeo receives nothing
Romeo sends:
    <iq to='nobody@{host}' type='get' id='b14'><query xmlns='jabber:iq:version'/></iq>
    <iq to='nobody@{host}' type='set' id='b15'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='nobody@{host}' to='{romeo/home}' type='error' id='b14'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq from='nobody@{host}' to='{romeo/home}' type='error' id='b15'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='nobody@{host}/x' id='f0'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}/x' to='{romeo/home}' type='error' id='f0'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}/x' type='normal' id='f1'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}/x' to='{romeo/home}' type='error' id='f1'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}/x' type='chat' id='f2'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}/x' to='{romeo/home}' type='error' id='f2'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}/x' type='groupchat' id='f3'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}/x' to='{romeo/home}' type='error' id='f3'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}/x' type='whisper' id='f4'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}/x' to='{romeo/home}' type='error' id='f4'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='nobody@{host}/x' type='headline' id='f6'><body>hi</body></message>
    <message to='nobody@{host}/x' type='error' id='f7'><error type='cancel'/></message>
    <presence to='nobody@{host}/x' id='f8'/>
    <presence to='nobody@{host}/x' type='unavailable' id='f9'/>
    <presence to='nobody@{host}/x' type='probe' id='f10'/>
    <presence to='nobody@{host}/x' type='error' id='f11'/>
    <iq to='nobody@{host}/x' type='result' id='f12'/>
    <iq to='nobody@{host}/x' type='error' id='f13'><error type='cancel'/></iq>
Romeo receives nothing
Romeo sends:
    <iq to='nobody@{host}/x' type='get' id='f14'><query xmlns='jabber:iq:version'/></iq>
    <iq to='nobody@{host}/x' type='set' id='f15'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='nobody@{host}/x' to='{romeo/home}' type='error' id='f14'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq from='nobody@{host}/x' to='{romeo/home}' type='error' id='f15'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
