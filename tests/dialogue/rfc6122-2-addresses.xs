# RFC 6122 2.1, 2.4: what is an address, and is answered by somebody: 1023 bytes a part, at sign and slash in a
# resource, letters of any script, domains that are addresses.

Romeo connects
# a localpart of 1023 bytes, of nobody
Romeo sends:
    <iq to='{a:1023}@{host}' type='get' id='i0'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{a:1023}@{host}' to='{romeo/home}' type='error' id='i0'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{é:511}e@{host}' type='get' id='i1'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{é:511}e@{host}' to='{romeo/home}' type='error' id='i1'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# the ligature ffi, which becomes three letters
Romeo sends:
    <iq to='{ﬃ:341}@{host}' type='get' id='i2'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{ffi:341}@{host}' to='{romeo/home}' type='error' id='i2'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}/a@b/c@d' type='get' id='i3'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='nobody@{host}/a@b/c@d' to='{romeo/home}' type='error' id='i3'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}/{r:1023}' type='get' id='i4'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='nobody@{host}/{r:1023}' to='{romeo/home}' type='error' id='i4'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='宇宙@{host}/資源' type='get' id='i5'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='宇宙@{host}/資源' to='{romeo/home}' type='error' id='i5'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='ΣΤΥΞ@{host}/Σ' type='get' id='i6'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='στυξ@{host}/Σ' to='{romeo/home}' type='error' id='i6'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@[0:0:0:0:0:0:0:1]' type='get' id='d0'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='a@[::1]' to='{romeo/home}' type='error' id='d0'><query xmlns='jabber:iq:version'/><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@192.0.2.1' type='get' id='d1'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='a@192.0.2.1' to='{romeo/home}' type='error' id='d1'><query xmlns='jabber:iq:version'/><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@BÜCHER.example' type='get' id='d2'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='a@bücher.example' to='{romeo/home}' type='error' id='d2'><query xmlns='jabber:iq:version'/><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@xn--bcher-kva.example.' type='get' id='d3'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='a@bücher.example' to='{romeo/home}' type='error' id='d3'><query xmlns='jabber:iq:version'/><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@例え。テスト' type='get' id='d4'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='a@例え.テスト' to='{romeo/home}' type='error' id='d4'><query xmlns='jabber:iq:version'/><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>

# Resources that a client asks for (RFC 6120 7.7).
Juliet logs in
Juliet sends:
    <iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>a@b/c²😀</resource></bind></iq>
Juliet receives:
    <iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{juliet}/a@b/c2😀</jid></bind></iq>
Romeo sends:
    <message to='{juliet}/a@b/c²😀' id='m1'><body>你好</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}/a@b/c2😀' id='m1'><body>你好</body></message>
Juliet/long logs in
Juliet/long sends:
    <iq type='set' id='b2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{x:1024}</resource></bind></iq>
Juliet/long receives:
    <iq type='error' id='b2'><more/></iq>
Juliet/long sends:
    <iq type='set' id='b3'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{x:1023}</resource></bind></iq>
Juliet/long receives:
    <iq type='result' id='b3'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{juliet}/{x:1023}</jid></bind></iq>
