# RFC 6120 8.1.1, 10.4: a malformed `to` is answered, a domain that nobody knows too; both by our server, which says so.

Romeo connects
Romeo sends:
    <message to='@{host}' id='a0'><body>x</body></message>
Romeo receives:
    <message from='@{host}' to='{romeo/home}' type='error' id='a0'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='romeo@' id='a1'><body>x</body></message>
Romeo receives:
    <message from='romeo@' to='{romeo/home}' type='error' id='a1'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='a b@{host}' id='a2'><body>x</body></message>
Romeo receives:
    <message from='a b@{host}' to='{romeo/home}' type='error' id='a2'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}/' id='a3'><body>x</body></message>
Romeo receives:
    <message from='{host}/' to='{romeo/home}' type='error' id='a3'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{host}/&#xE000;' id='a4'><body>x</body></message>
Romeo receives:
    <message from='{host}/&#xE000;' to='{romeo/home}' type='error' id='a4'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='a@b@{host}' id='a5'><body>x</body></message>
Romeo receives:
    <message from='a@b@{host}' to='{romeo/home}' type='error' id='a5'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='-.invalid' id='a6'><body>x</body></message>
Romeo receives:
    <message from='-.invalid' to='{romeo/home}' type='error' id='a6'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='' id='e1'><body>x</body></message>
    <presence to='@{host}' id='e2'/>
    <iq to='@{host}' type='get' id='e3'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <message to='{romeo/home}' type='error' id='e1'><body>x</body><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <presence from='@{host}' to='{romeo/home}' type='error' id='e2'><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
    <iq from='@{host}' to='{romeo/home}' type='error' id='e3'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# errors and results are never answered
Romeo sends:
    <message to='@{host}' type='error' id='e4'><error type='cancel'/></message>
    <iq to='@{host}' type='result' id='e5'/>
    <iq to='@{host}' type='error' id='e6'><error type='cancel'/></iq>
    <presence to='@{host}' type='error' id='e7'/>
Romeo receives nothing
# other spellings of an address are the address
Romeo sends:
    <message to='{romeo:user}@{host}./home' id='s1'><body>x</body></message>
Romeo receives:
    <message from='{romeo/home}' to='{romeo/home}' id='s1'><body>x</body></message>
# 10.4: another domain, to which there is no way
Romeo sends:
    <message to='juliet@nowhere.invalid' id='r1'><body>x</body></message>
    <message to='nowhere.invalid' id='r2' type='groupchat'><body>x</body></message>
    <iq to='juliet@nowhere.invalid/balcony' type='get' id='r3'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives in any order:
    <message from='juliet@nowhere.invalid' to='{romeo/home}' type='error' id='r1'><body>x</body><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <message from='nowhere.invalid' to='{romeo/home}' type='error' id='r2'><body>x</body><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <iq from='juliet@nowhere.invalid/balcony' to='{romeo/home}' type='error' id='r3'><ping xmlns='urn:xmpp:ping'/><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='juliet@nowhere.invalid' type='error' id='r4'><error type='cancel'/></message>
    <iq to='nowhere.invalid' type='result' id='r5'/>
Romeo receives nothing
