# Overview 1.2: SASL with DIGEST-MD5 and its two challenges, in its eleven steps.
# The overview's stream is one without TLS (RFC 3920's example); ours requires it, so it has been through 1.1. The realm is the
# domain where the example has "somerealm". The base64 in the overview is broken into lines for the page: on the wire it is one
# (RFC 6120 6.4.2, RFC 3920 14.9: blanks are refused).

Somenode opens a stream
Somenode starts TLS
# 1
Somenode sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{host}' version='1.0'>
# 2
Somenode receives the header:
    <stream:stream id='{*c2s_234}' from='{host}' version='1.0'/>
# 3
Somenode receives:
    <stream:features>
      <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>
        <any/><any/><any/><any/><any/><any/>
        <mechanism>DIGEST-MD5</mechanism>
        <mechanism>PLAIN</mechanism>
      </mechanisms>
      <more/>
    </stream:features>
# 4
Somenode sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>
# 5: realm, nonce, qop, charset, algorithm
Somenode receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{*first}</challenge>
# 6: username, realm, nonce, cnonce, nc, qop, digest-uri, response, charset
Somenode sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{somenode:digest first}</response>
# 7: rspauth, by which the server proves that it knows the password too
Somenode receives:
    <challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{somenode:sasl-success}</challenge>
# 8
Somenode sends:
    <response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
# 9
Somenode receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
# 10
Somenode restarts the stream
Somenode sends bytes:
    <stream:stream xmlns='jabber:client'  xmlns:stream='http://etherx.jabber.org/streams' to='{host}' version='1.0'>
# 11
Somenode receives the header:
    <stream:stream id='{*c2s_345}' from='{host}' version='1.0'/>
Somenode receives:
    <stream:features>
      <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>
      <session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>
      <more/>
    </stream:features>
