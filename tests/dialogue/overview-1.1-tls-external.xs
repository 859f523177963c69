# Overview 1.1 step 8, EXTERNAL: offered to who has shown a certificate in the handshake (RFC 6120 6.3.4, XEP-0178 2), and how it goes on.

Somenode opens a stream
Somenode starts TLS with a certificate for {somenode}
Somenode sends bytes:
    <stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'  to='{host}' version='1.0'>
Somenode receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0'/>
Somenode receives:
    <stream:features>
      <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>
        <mechanism>EXTERNAL</mechanism>
        <more/>
      </mechanisms>
      <more/>
    </stream:features>
Somenode sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>
Somenode receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Somenode restarts the stream
Somenode opens a stream
Somenode sends:
    <iq type='set' id='bind_2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>someresource</resource></bind></iq>
Somenode receives:
    <iq type='result' id='bind_2'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{somenode/someresource}</jid></bind></iq>
