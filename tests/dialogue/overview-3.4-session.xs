# Overview 3.4: a session is offered after login, and asked for when the resource is bound.
# RFC 6121 has no such request any more; it is offered as optional, and granted without doing anything.

User opens a stream
User starts TLS
User opens a stream
User sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{user:plain}</auth>
User receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
User restarts the stream
User sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{host}' version='1.0'>
User receives the header:
    <stream:stream id='{*c2s_345}' from='{host}' version='1.0'/>
User receives:
    <stream:features>
      <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>
      <session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>
      <more/>
    </stream:features>
User sends:
    <iq type='set' id='bind_2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
User receives:
    <iq type='result' id='bind_2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{user/home}</jid></bind></iq>
# 1
User sends:
    <iq to='{host}' type='set' id='sess_1'> <session xmlns='urn:ietf:params:xml:ns:xmpp-session'/> </iq>
# 2
User receives:
    <iq from='{host}' to='{user/home}' type='result' id='sess_1'/>
