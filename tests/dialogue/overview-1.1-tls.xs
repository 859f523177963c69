# Overview 1.1: STARTTLS in its nine steps.
# Steps 3 and 8 show what else a server may offer. Ours requires TLS, and offers nothing beside it before (RFC 6120 5.3.1; the
# example of RFC 3920 had the mechanisms there already). The tags of the overview's streams are never closed: the stream goes on.

# 1
client opens a connection
client sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{host}' version='1.0'>
# 2
client receives the header:
    <stream:stream id='{*c2s_123}' from='{host}' version='1.0'/>
# 3
client receives:
    <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>
# 4
client sends:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
# 5
client receives:
    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
# 6
client shakes hands
# 7
client sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'  to='{host}' version='1.0'>
# 8: a new stream with an id of its own, and the mechanisms; those that the overview names among them
client receives the header:
    <stream:stream from='{host}' id='{*c2s_234}' version='1.0'/>
client receives:
    <stream:features>
      <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>
        <mechanism>SCRAM-SHA-512-PLUS</mechanism>
        <mechanism>SCRAM-SHA-256-PLUS</mechanism>
        <mechanism>SCRAM-SHA-1-PLUS</mechanism>
        <mechanism>SCRAM-SHA-512</mechanism>
        <mechanism>SCRAM-SHA-256</mechanism>
        <mechanism>SCRAM-SHA-1</mechanism>
        <mechanism>DIGEST-MD5</mechanism>
        <mechanism>PLAIN</mechanism>
      </mechanisms>
      <more/>
    </stream:features>
# 9: SASL goes on (1.2)
