# Overview 2.1: a message pushes information to somebody else; the server delivers it, or sends it on, or says that it cannot.
# The overview wants a `to` on each; RFC 6120 10.3.1 takes one without as meant for the sender's own account.

Juliet is online
Romeo is online
Juliet sends:
    <message to='{romeo}'><body>delivered</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}'><body>delivered</body></message>
Juliet sends:
    <message to='nurse@elsewhere.example' id='m1'><body>sent on, if there were a way</body></message>
Juliet receives:
    <message from='nurse@elsewhere.example' to='{juliet/home}' id='m1' type='error'><body>sent on, if there were a way</body><error type='cancel' by='{host}'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <message><body>to whom</body></message>
Juliet receives:
    <message from='{juliet/home}' to='{juliet}'><body>to whom</body></message>
