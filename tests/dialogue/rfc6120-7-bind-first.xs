# RFC 6120 7.1: before a resource is bound nothing but binding it is possible; before login not even that.

Juliet/message logs in
Juliet/message sends:
    <message to='{host}'><body>x</body></message>
Juliet/message receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/message receives the end

Juliet/presence logs in
Juliet/presence sends:
    <presence/>
Juliet/presence receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/presence receives the end

Juliet/ping logs in
Juliet/ping sends:
    <iq type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet/ping receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/ping receives the end

Juliet/session logs in
Juliet/session sends:
    <iq type='set' id='s1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
Juliet/session receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/session receives the end

Juliet/get logs in
Juliet/get sends:
    <iq type='get' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Juliet/get receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/get receives the end

Juliet/result logs in
Juliet/result sends:
    <iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Juliet/result receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/result receives the end

Juliet/elsewhere logs in
Juliet/elsewhere sends:
    <iq type='set' id='b1' to='romeo@{host}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Juliet/elsewhere receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/elsewhere receives the end

Juliet/foreign logs in
Juliet/foreign sends:
    <iq type='set' id='b1' to='nowhere.invalid'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Juliet/foreign receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/foreign receives the end

early opens a stream
early starts TLS
early opens a stream
early sends:
    <iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
early receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
early receives the end
