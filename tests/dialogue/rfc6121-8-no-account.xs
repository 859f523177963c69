# RFC 6121 8.5.1: there is no such account.

Romeo connects
Romeo sends:
    <message to='nobody@{host}' type='chat' id='m1'><body>hi</body></message>
Romeo receives:
    <message from='nobody@{host}' to='{romeo/home}' type='error' id='m1'><body>hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <iq to='nobody@{host}' type='get' id='q1'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='nobody@{host}' to='{romeo/home}' type='error' id='q1'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='nobody@{host}' type='error' id='m2'><error type='cancel'/></message>
Romeo receives nothing
