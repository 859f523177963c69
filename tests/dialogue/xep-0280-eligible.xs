# XEP-0280 6.1, 9: what is copied and what is not.

Juliet is online
Romeo/garden is online
Romeo connects
Romeo sends:
    <iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo receives:
    <iq type='result' id='enable1' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo/garden}' id='n1'><body>normal</body></message>
    <message to='{romeo/garden}' id='n2'><received xmlns='urn:xmpp:receipts' id='x'/></message>
    <message to='{romeo/garden}' id='n3'><x xmlns='jabber:x:conference' jid='room@chat.example.org'/></message>
    <message to='{romeo/garden}' type='chat' id='n4'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>
    <message to='{romeo/garden}' type='error' id='n5'><body>normal</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' id='n1'><any/></message></forwarded></received></message>
    <message from='{romeo}' to='{romeo/home}'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' id='n2'><any/></message></forwarded></received></message>
    <message from='{romeo}' to='{romeo/home}'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' id='n3'><any/></message></forwarded></received></message>
    <message from='{romeo}' to='{romeo/home}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' type='chat' id='n4'><any/></message></forwarded></received></message>
    <message from='{romeo}' to='{romeo/home}' type='error'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/garden}' type='error' id='n5'><any/><any/></message></forwarded></received></message>
Romeo receives nothing

# not these
Juliet sends:
    <message to='{romeo/garden}' id='k1'><x xmlns='urn:example:other'/></message>
    <message to='{romeo/garden}' type='headline' id='k2'><body>news</body></message>
    <message to='{romeo/garden}' type='groupchat' id='k3'><body>room</body></message>
    <message to='{romeo/garden}' type='chat' id='k4'><body>from a room</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>
    <message to='{romeo/garden}' type='chat' id='k5'><body>secret</body><private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/></message>
    <message to='{romeo/garden}' type='chat' id='k6'><body>secret</body><no-copy xmlns='urn:xmpp:hints'/></message>
Romeo receives nothing
Romeo/garden sends:
    <message to='{juliet/home}' type='chat' id='k7'><body>secret</body><private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/></message>
# example 16: what says so is delivered as it stands
Juliet receives:
    <message from='{romeo/garden}' to='{juliet/home}' type='chat' id='k7'><body>secret</body><private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/></message>
Romeo receives nothing
