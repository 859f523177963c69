# RFC 6120 8.1: a malformed `to` is answered, a domain that nobody knows too, a foreign `from` ends the stream.

Romeo connects
Romeo sends:
    <message to='@{host}' id='a1'><body>x</body></message>
Romeo receives:
    <message from='@{host}' to='{romeo/home}' type='error' id='a1'><body>x</body><error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></message>
Romeo sends:
    <message to='juliet@nowhere.invalid' id='a2'><body>x</body></message>
Romeo receives:
    <message from='juliet@nowhere.invalid' to='{romeo/home}' type='error' id='a2'><body>x</body><error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><more/></error></message>
Romeo sends:
    <message from='juliet@{host}' to='{romeo}' id='a3'><body>x</body></message>
Romeo receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo receives the end
