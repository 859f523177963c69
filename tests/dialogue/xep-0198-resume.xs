# XEP-0198 "Resumption": a connection breaks; nobody notices, and nothing is lost or comes twice.

Romeo is online
Juliet is online
Romeo sends:
    <presence to='{juliet/home}' id='d'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet/home}' id='d'/>
Romeo sends:
    <enable xmlns='urn:xmpp:sm:3' resume='true'/>
Romeo receives:
    <enabled xmlns='urn:xmpp:sm:3' id='{*id}' resume='true' max='600'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m1'><body>One</body></message>
    <message to='{romeo}' type='chat' id='m2'><body>Two</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m1'><body>One</body></message>
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m2'><body>Two</body></message>
Romeo sends:
    <message to='{juliet}' type='chat' id='r1'><body>Here</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='r1'><body>Here</body></message>
Romeo breaks

# as if he were there
Juliet sends:
    <message to='{romeo/home}' type='chat' id='m3'><body>Three</body></message>
    <presence to='{romeo/home}' id='p3'/>
Juliet receives nothing

# he had got one of the first two, and repeats his own, of which he has heard nothing
Romeo logs in
Romeo sends:
    <resume xmlns='urn:xmpp:sm:3' previd='{id}' h='1'/>
Romeo receives:
    <resumed xmlns='urn:xmpp:sm:3' previd='{id}' h='{*}'/>
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m2'><body>Two</body></message>
    <message from='{juliet/home}' to='{romeo/home}' type='chat' id='m3'><body>Three</body></message>
    <presence from='{juliet/home}' to='{romeo/home}' id='p3'/>
Romeo receives nothing
Romeo sends:
    <message to='{juliet}' type='chat' id='r2'><body>Still here</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='r2'><body>Still here</body></message>

# a second time, while the first connection is still there: that one ends
Romeo/copy logs in
Romeo/copy sends:
    <resume xmlns='urn:xmpp:sm:3' previd='{id}' h='4'/>
Romeo/copy receives:
    <resumed xmlns='urn:xmpp:sm:3' previd='{id}' h='{*}'/>
    <iq type='result' id='nothing' from='{host}' to='{romeo/home}'/>
Romeo receives:
    <stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Romeo receives the end
Juliet receives nothing

# he closes the stream: that is the end
Romeo/copy disconnects
Juliet receives:
    <presence from='{romeo/home}' to='{juliet/home}' type='unavailable'/>
Romeo logs in
Romeo sends:
    <resume xmlns='urn:xmpp:sm:3' previd='{id}' h='5'/>
Romeo receives:
    <failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>
