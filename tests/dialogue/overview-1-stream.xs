# Overview section 1: one stream each way, from header to end tag, and between them a message to somebody and his answer.
# The overview leaves encryption, login and binding out here ("..."); they are sections 1.1 to 1.3. Its two users live on two
# servers, ours on one. RFC 6120 8.1.2.1 stamps `from` with the full address where the example has the bare one.

Juliet opens a connection
Juliet sends bytes:
    <?xml version='1.0'?>
    <stream:stream
      to='{host}'
      xmlns='jabber:client'
      xmlns:stream='http://etherx.jabber.org/streams'
      version='1.0'>
Juliet receives the header:
    <stream:stream from='{host}' id='{*}' version='1.0'/>
Juliet receives:
    <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>
Juliet starts TLS
Juliet opens a stream
Juliet sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{juliet:plain}</auth>
Juliet receives:
    <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
Juliet restarts the stream
Juliet opens a stream
Juliet sends:
    <iq type='set' id='bind_1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>home</resource></bind></iq>
Juliet receives:
    <iq type='result' id='bind_1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{juliet/home}</jid></bind></iq>
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
Romeo is online

Juliet sends:
    <message from='{juliet}' to='{romeo}' xml:lang='en'>
    <body>Art thou not Romeo, and a Montague?</body>
    </message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' xml:lang='en'><body>Art thou not Romeo, and a Montague?</body></message>
Romeo sends:
    <message from='{romeo}' to='{juliet}' xml:lang='en'>
    <body>Neither, fair saint, if either thee dislike.</body>
    </message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' xml:lang='en'><body>Neither, fair saint, if either thee dislike.</body></message>

Juliet sends bytes:
    </stream:stream>
Juliet receives the end
