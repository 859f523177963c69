# RFC 6120 10.5.1, 10.5.2: the domain itself, with and without a resource: requests are answered, messages find nobody, presence is nothing to it.

Romeo connects
Romeo sends:
    <message to='{host}' id='d0'><body>x</body></message>
Romeo receives:
    <message from='{host}' to='{romeo/home}' type='error' id='d0'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}' type='normal' id='d1'><body>x</body></message>
Romeo receives:
    <message from='{host}' to='{romeo/home}' type='error' id='d1'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}' type='chat' id='d2'><body>x</body></message>
Romeo receives:
    <message from='{host}' to='{romeo/home}' type='error' id='d2'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}' type='groupchat' id='d3'><body>x</body></message>
Romeo receives:
    <message from='{host}' to='{romeo/home}' type='error' id='d3'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}' type='whisper' id='d4'><body>x</body></message>
Romeo receives:
    <message from='{host}' to='{romeo/home}' type='error' id='d4'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}' type='headline' id='d6'><body>x</body></message>
    <message to='{host}' type='error' id='d7'><error type='cancel'/></message>
    <iq to='{host}' type='result' id='d8'/>
    <iq to='{host}' type='error' id='d9'><error type='cancel'/></iq>
    <presence to='{host}'/>
    <presence to='{host}' type='unavailable'/>
    <presence to='{host}' type='probe'/>
    <presence to='{host}' type='error'/>
Romeo receives nothing
Romeo sends:
    <presence to='{host}' type='whisper' id='d10'/>
Romeo receives:
    <presence from='{host}' to='{romeo/home}' type='error' id='d10'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
Romeo sends:
    <message to='{host}/resource' id='f0'><body>x</body></message>
Romeo receives:
    <message from='{host}/resource' to='{romeo/home}' type='error' id='f0'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}/resource' type='normal' id='f1'><body>x</body></message>
Romeo receives:
    <message from='{host}/resource' to='{romeo/home}' type='error' id='f1'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}/resource' type='chat' id='f2'><body>x</body></message>
Romeo receives:
    <message from='{host}/resource' to='{romeo/home}' type='error' id='f2'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}/resource' type='groupchat' id='f3'><body>x</body></message>
Romeo receives:
    <message from='{host}/resource' to='{romeo/home}' type='error' id='f3'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}/resource' type='whisper' id='f4'><body>x</body></message>
Romeo receives:
    <message from='{host}/resource' to='{romeo/home}' type='error' id='f4'><body>x</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}/resource' type='headline' id='f6'><body>x</body></message>
    <message to='{host}/resource' type='error' id='f7'><error type='cancel'/></message>
    <iq to='{host}/resource' type='result' id='f8'/>
    <iq to='{host}/resource' type='error' id='f9'><error type='cancel'/></iq>
    <presence to='{host}/resource'/>
    <presence to='{host}/resource' type='unavailable'/>
    <presence to='{host}/resource' type='probe'/>
    <presence to='{host}/resource' type='error'/>
Romeo receives nothing
Romeo sends:
    <presence to='{host}/resource' type='whisper' id='f10'/>
Romeo receives:
    <presence from='{host}/resource' to='{romeo/home}' type='error' id='f10'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></presence>
Romeo sends:
    <iq to='{host}' type='get' id='q1'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='result' id='q1'/>
Romeo sends:
    <iq to='{host}/resource' type='get' id='q2'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{host}/resource' to='{romeo/home}' type='error' id='q2'><ping xmlns='urn:xmpp:ping'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
