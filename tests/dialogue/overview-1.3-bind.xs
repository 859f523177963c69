# Overview 1.3: binding a resource.

Somenode logs in
Somenode sends:
    <iq type='set' id='bind_2'> <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'> <resource>someresource</resource> </bind> </iq>
Somenode receives:
    <iq type='result' id='bind_2'>
      <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>
        <jid>{somenode/someresource}</jid>
      </bind>
    </iq>
# and with it the address is one that others can reach
Othernode connects
Othernode sends:
    <message to='{somenode/someresource}'><body>Ho</body></message>
Somenode receives:
    <message from='{othernode/home}' to='{somenode/someresource}'><body>Ho</body></message>
