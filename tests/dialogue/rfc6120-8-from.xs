# RFC 6120 8.1.2.1: `from` is stamped; the session's own address, full or bare and in whatever spelling, may stand there.

Juliet is online
Romeo connects
Romeo sends:
    <message to='{juliet}' id='a0'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' id='a0'><body>x</body></message>
Romeo sends:
    <message from='{romeo/home}' to='{juliet}' id='a1'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' id='a1'><body>x</body></message>
Romeo sends:
    <message from='{romeo}' to='{juliet}' id='a2'><body>x</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' id='a2'><body>x</body></message>
# anything else ends the stream (4.9.3.9)
Romeo/bare connects
Romeo/bare sends:
    <message from='{juliet}' to='{juliet}' id='f1'><body>x</body></message>
Romeo/bare receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/bare receives the end
Romeo/full connects
Romeo/full sends:
    <message from='{juliet/home}' to='{juliet}' id='f2'><body>x</body></message>
Romeo/full receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/full receives the end
Romeo/other connects
Romeo/other sends:
    <message from='{romeo/home}' to='{juliet}' id='f3'><body>x</body></message>
Romeo/other receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/other receives the end
Romeo/domain connects
Romeo/domain sends:
    <message from='{host}' to='{juliet}' id='f4'><body>x</body></message>
Romeo/domain receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/domain receives the end
Romeo/empty connects
Romeo/empty sends:
    <message from='' to='{juliet}' id='f5'><body>x</body></message>
Romeo/empty receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/empty receives the end
Romeo/malformed connects
Romeo/malformed sends:
    <presence from='@'/>
Romeo/malformed receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/malformed receives the end
Romeo/iq connects
Romeo/iq sends:
    <iq from='{juliet/home}' type='get' id='f6'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo/iq receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/iq receives the end
Romeo/bind connects
Romeo/bind sends:
    <iq from='{juliet/home}' type='set' id='f7'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
Romeo/bind receives:
    <stream:error><invalid-from xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo/bind receives the end
Juliet receives nothing
