# XEP-0191 6: one resource, an address with all its resources, a whole domain; never the user's own resources, nor the server.

Juliet/balcony is online
Juliet/chamber is online
Juliet/balcony receives:
    <presence from='{juliet/chamber}' to='{juliet/balcony}'/>
Juliet/chamber receives:
    <presence from='{juliet/balcony}' to='{juliet/chamber}'/>
Romeo/orchard is online
Romeo/street is online
Romeo/orchard receives:
    <presence from='{romeo/street}' to='{romeo/orchard}'/>
Romeo/street receives:
    <presence from='{romeo/orchard}' to='{romeo/street}'/>

# user@domain/resource: only that one
Juliet/balcony sends:
    <iq type='set' id='b1'><block xmlns='urn:xmpp:blocking'><item jid='{romeo/orchard}'/></block></iq>
Juliet/balcony receives:
    <iq type='result' id='b1' to='{juliet/balcony}'/>
Romeo/orchard sends:
    <message to='{juliet/balcony}' type='chat' id='m1'><body>1</body></message>
Romeo/orchard receives:
    <message from='{juliet/balcony}' to='{romeo/orchard}' type='error' id='m1'><body>1</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo/street sends:
    <message to='{juliet/balcony}' type='chat' id='m2'><body>2</body></message>
Juliet/balcony receives:
    <message from='{romeo/street}' to='{juliet/balcony}' type='chat' id='m2'><body>2</body></message>
Juliet/balcony sends:
    <message to='{romeo/orchard}' type='chat' id='m3'><body>3</body></message>
    <message to='{romeo/street}' type='chat' id='m4'><body>4</body></message>
Juliet/balcony receives:
    <message from='{romeo/orchard}' to='{juliet/balcony}' type='error' id='m3'><body>3</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></message>
Romeo/street receives:
    <message from='{juliet/balcony}' to='{romeo/street}' type='chat' id='m4'><body>4</body></message>

# domain: everybody there, but for herself; and the server goes on answering
Juliet/balcony sends:
    <iq type='set' id='b2'><block xmlns='urn:xmpp:blocking'><item jid='{host}'/><item jid='{juliet}'/></block></iq>
Juliet/balcony receives:
    <iq type='result' id='b2' to='{juliet/balcony}'/>
Romeo/street sends:
    <message to='{juliet}' type='chat' id='m5'><body>5</body></message>
Romeo/street receives:
    <message from='{juliet}' to='{romeo/street}' type='error' id='m5'><body>5</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet/chamber sends:
    <message to='{juliet/balcony}' type='chat' id='m6'><body>6</body></message>
    <iq to='{host}' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
    <iq to='{juliet/balcony}' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet/balcony receives:
    <message from='{juliet/chamber}' to='{juliet/balcony}' type='chat' id='m6'><body>6</body></message>
    <iq from='{juliet/chamber}' to='{juliet/balcony}' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet/chamber receives:
    <iq from='{host}' to='{juliet/chamber}' type='result' id='p1'/>
Juliet/chamber sends:
    <presence><show>away</show></presence>
Juliet/balcony receives:
    <presence from='{juliet/chamber}' to='{juliet/balcony}'><show>away</show></presence>
Juliet/balcony sends:
    <iq type='set' id='b3'><unblock xmlns='urn:xmpp:blocking'><item jid='{host}'/></unblock></iq>
Juliet/balcony receives:
    <iq type='result' id='b3' to='{juliet/balcony}'/>
Romeo/street sends:
    <message to='{juliet/balcony}' type='chat' id='m7'><body>7</body></message>
Juliet/balcony receives:
    <message from='{romeo/street}' to='{juliet/balcony}' type='chat' id='m7'><body>7</body></message>
