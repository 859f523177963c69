# RFC 6120 4.9.3.24: what is no stanza ends the stream.

Juliet/foo connects
Juliet/foo sends:
    <foo/>
Juliet/foo receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/foo receives the end

Juliet/query connects
Juliet/query sends:
    <query xmlns='jabber:iq:roster'/>
Juliet/query receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/query receives the end

Juliet/server connects
Juliet/server sends:
    <message xmlns='jabber:server'><body>x</body></message>
Juliet/server receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/server receives the end

Juliet/body connects
Juliet/body sends:
    <body>x</body>
Juliet/body receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/body receives the end

Juliet/route connects
Juliet/route sends:
    <route xmlns='urn:carillon:bus:1' to='sm-1' len='0'/>
Juliet/route receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet/route receives the end
