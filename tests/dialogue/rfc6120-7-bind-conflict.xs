# RFC 6120 7.7.2.2: the newcomer gets the resource, the old stream is told so.

Romeo is online
Romeo/home2 connects
Romeo/home2 disconnects
Juliet is online
Juliet/home connects
Juliet receives:
    <stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
Juliet receives the end
Romeo receives nothing
