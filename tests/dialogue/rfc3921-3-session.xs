# RFC 3921 section 3: old clients ask for a session; it is offered as optional, and granted without doing anything.

Romeo opens a stream
Romeo starts TLS
Romeo opens a stream
Romeo sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{romeo:plain}</auth>
Romeo receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Romeo restarts the stream
Romeo sends bytes:
    <?xml version='1.0'?><stream:stream to='{host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>
Romeo receives the header
Romeo receives:
    <stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session><more/></stream:features>
Romeo sends:
    <iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Romeo receives:
    <iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{romeo/home}</jid></bind></iq>
Romeo sends:
    <iq to='{host}' type='set' id='sess_1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='result' id='sess_1'/>
Romeo sends:
    <iq type='set' id='sess_2'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='sess_2'/>
# not of somebody else, and not without an id
Romeo sends:
    <iq to='{romeo/other}' type='set' id='sess_3'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
Romeo receives:
    <iq from='{romeo/other}' to='{romeo/home}' type='error' id='sess_3'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='error'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
