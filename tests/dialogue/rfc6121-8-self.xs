# RFC 6121 8.5: messages to oneself: one's account, this resource, another one, one that is not there.

Romeo is online
Romeo/phone is online
Romeo receives:
    <presence from='{romeo/phone}' to='{romeo/home}'/>
Romeo/phone receives:
    <presence from='{romeo/home}' to='{romeo/phone}'/>
Romeo sends:
    <message to='{romeo}' type='chat' id='m1'><body>a</body></message>
Romeo receives:
    <message from='{romeo/home}' to='{romeo}' type='chat' id='m1'><body>a</body></message>
Romeo/phone receives:
    <message from='{romeo/home}' to='{romeo}' type='chat' id='m1'><body>a</body></message>
Romeo sends:
    <message to='{romeo/home}' type='chat' id='m2'><body>b</body></message>
    <message to='{romeo/phone}' id='m3'><body>c</body></message>
Romeo receives:
    <message from='{romeo/home}' to='{romeo/home}' type='chat' id='m2'><body>b</body></message>
Romeo/phone receives:
    <message from='{romeo/home}' to='{romeo/phone}' id='m3'><body>c</body></message>
Romeo sends:
    <message to='{romeo/tomb}' id='m4'><body>d</body></message>
    <iq to='{romeo/home}' type='get' id='q1'><query xmlns='urn:example:q'/></iq>
    <iq to='{romeo/phone}' type='get' id='q2'><query xmlns='urn:example:q'/></iq>
Romeo receives:
    <message from='{romeo/tomb}' to='{romeo/home}' type='error' id='m4'><body>d</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <iq from='{romeo/home}' to='{romeo/home}' type='get' id='q1'><query xmlns='urn:example:q'/></iq>
Romeo/phone receives:
    <iq from='{romeo/home}' to='{romeo/phone}' type='get' id='q2'><query xmlns='urn:example:q'/></iq>
Romeo receives nothing
Romeo/phone receives nothing
