# RFC 6120 4.9.3: each stream error that a client can meet, where it belongs. Others of them:
# host-unknown, invalid-namespace, not-authorized, not-well-formed, restricted-xml: rfc6120-4-bad-input.xs
# bad-namespace-prefix: rfc6120-4-8-namespaces.xs; unsupported-version: rfc6120-4-7-headers.xs
# conflict: rfc6120-7-bind-conflict.xs; undefined-condition: xep-0198-errors.xs
# connection-timeout, host-gone, internal-server-error, reset, resource-constraint, see-other-host and
# system-shutdown need a configuration or a clock of their own: tests/unit/test_c2s_login.c, test_c2s_session.c,
# tests/e2e/test_streams.py
# Never said to clients: improper-addressing and remote-connection-failed (between servers), invalid-xml (for servers that
# validate; 11.4 leaves that open), unsupported-feature (what clients say to servers)

# 4.9.3.1 bad-format: a root that is no stream, and text where only stanzas stand
root opens a connection
root sends bytes:
    <stream:features xmlns:stream='http://etherx.jabber.org/streams'>
root receives the header
root receives:
    <stream:error><bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
root receives the end

text opens a stream
text sends bytes:
     hello
text receives:
    <stream:error><bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
text receives the end

empty opens a connection
empty sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'/>
empty receives the header
empty receives:
    <stream:error><bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
empty receives the end

# 4.9.3.9 invalid-from: a stanza from somebody else
Romeo connects
Romeo sends:
    <message from='{juliet}' to='{host}'><body>forged</body></message>
Romeo receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo receives the end

# 4.9.3.12 not-authorized: stanzas between login and binding
Juliet logs in
Juliet sends:
    <presence/>
Juliet receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet receives the end

# 4.9.3.13 not-well-formed
crossed opens a stream
crossed sends bytes:
    <a><b></a></b>
crossed receives:
    <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
crossed receives the end

twice opens a stream
twice sends bytes:
    <a b='1' b='2'/>
twice receives:
    <stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
twice receives the end

# 4.9.3.14 policy-violation: nested deeper than depth_max
deep opens a stream
deep sends bytes:
    <a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>
deep receives:
    <stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
deep receives the end

# 4.9.3.18 restricted-xml, inside a stanza, too
entity opens a stream
entity sends bytes:
    <message><body>&nbsp;</body></message>
entity receives:
    <stream:error><restricted-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
entity receives the end

instruction opens a stream
instruction sends bytes:
    <message><body><?php ?></body></message>
instruction receives:
    <stream:error><restricted-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
instruction receives the end

# 4.9.3.22 unsupported-encoding: said so, or seen so
latin opens a connection
latin sends bytes:
    <?xml version='1.0' encoding='ISO-8859-1'?><stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
latin receives the header
latin receives:
    <stream:error><unsupported-encoding xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
latin receives the end

byte opens a stream
byte sends bytes:
    <message><body>caf\xe9</body></message>
byte receives:
    <stream:error><unsupported-encoding xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
byte receives the end

wide opens a connection
wide sends bytes:
    \xff\xfe<\x00s\x00
wide receives the header
wide receives:
    <stream:error><unsupported-encoding xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
wide receives the end

# 4.9.3.24 unsupported-stanza-type: before login, and on a stream that is bound
pubsub opens a stream
pubsub sends:
    <pubsub xmlns='http://jabber.org/protocol/pubsub'/>
pubsub receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
pubsub receives the end

Tybalt connects
Tybalt sends:
    <letter><body>This is no stanza.</body></letter>
Tybalt receives:
    <stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Tybalt receives the end
