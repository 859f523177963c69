# XEP-0280 with priorities, XEP-0191, and rooms: who gets a copy, and of what there is none.

Juliet is online
Tybalt connects
Romeo/garden is online
Romeo connects
Romeo sends:
    <iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>
    <presence><priority>-1</priority></presence>
Romeo receives in any order:
    <iq type='result' id='enable1' to='{romeo/home}'/>
    <presence from='{romeo/home}' to='{romeo/home}'><priority>-1</priority></presence>
    <presence from='{romeo/garden}' to='{romeo/home}'/>
Romeo/garden receives:
    <presence from='{romeo/home}' to='{romeo/garden}'><priority>-1</priority></presence>

# a negative priority: not the message, but a copy
Juliet sends:
    <message to='{romeo}' type='chat' id='m1'><body>Hist!</body></message>
Romeo/garden receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m1'><body>Hist!</body><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='{*m1}'/></message>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo}' type='chat' id='m1'><body>Hist!</body><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='{m1}'/></message></forwarded></received></message>

# who is blocked is neither copied nor archived
Romeo/garden sends:
    <iq type='set' id='b1'><block xmlns='urn:xmpp:blocking'><item jid='{tybalt}'/></block></iq>
Romeo/garden receives:
    <iq type='result' id='b1' to='{romeo/garden}'/>
Tybalt sends:
    <message to='{romeo/garden}' type='chat' id='t1'><body>Turn and draw</body></message>
Tybalt receives:
    <message type='error' from='{romeo/garden}' to='{tybalt/home}' id='t1'><any/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo/garden sends:
    <message to='{tybalt}' type='chat' id='t2'><body>I do protest</body></message>
Romeo/garden receives:
    <message type='error' from='{tybalt}' to='{romeo/garden}' id='t2'><any/><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></message>
Romeo receives nothing

# 6.1: what goes to an occupant of a room is copied, and the error that answers it; of type groupchat nothing is
Romeo/garden sends:
    <message to='room@nowhere.{host}/nick' type='chat' id='p1'><body>private</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>
    <message to='{juliet/home}' type='groupchat' id='p2'><body>all</body></message>
Romeo receives in any order:
    <message from='{romeo}' to='{romeo/home}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{romeo/garden}' to='room@nowhere.{host}/nick' type='chat' id='p1'><any/><any/></message></forwarded></sent></message>
    <message from='{romeo}' to='{romeo/home}' type='error'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='error' from='room@nowhere.{host}/nick' to='{romeo/garden}' id='p1'><any/><any/><any/></message></forwarded></received></message>
Juliet receives:
    <message from='{romeo/garden}' to='{juliet/home}' type='groupchat' id='p2'><body>all</body></message>
Romeo sends:
    <iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'/></iq>
Romeo receives in any order:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{m1}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{*p1}'><forwarded xmlns='urn:xmpp:forward:0'><any/><message xmlns='jabber:client' from='{romeo/garden}' to='room@nowhere.{host}/nick' type='chat' id='p1'><any/><any/></message></forwarded></result></message>
    <iq type='result' id='q1' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>
