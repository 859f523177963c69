# XEP-0313 6.1.1, XEP-0334 4: what stays in the archive and what does not.

Juliet is online
Romeo connects
Romeo sends:
    <message to='{juliet}' type='chat' id='n1'><active xmlns='http://jabber.org/protocol/chatstates'/></message>
    <message to='{juliet}' type='chat' id='n2'><received xmlns='urn:xmpp:receipts' id='x'/></message>
    <message to='{juliet}' type='chat' id='n3'><body>never</body><no-store xmlns='urn:xmpp:hints'/></message>
    <message to='{juliet}' type='chat' id='n4'><body>not for long</body><no-permanent-store xmlns='urn:xmpp:hints'/></message>
    <message to='{juliet}' type='headline' id='n5'><body>news</body></message>
    <message to='{juliet/home}' type='groupchat' id='n6'><body>room</body></message>
    <message to='{juliet/home}' type='error' id='n7'><body>wrong</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <message to='{juliet}' id='y1'><body>normal</body></message>
    <message to='{juliet}' type='chat' id='y2'><x xmlns='urn:example:encrypted'/><store xmlns='urn:xmpp:hints'/></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='n1'><any/></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='n2'><any/></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='n3'><any/><any/></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='n4'><any/><any/></message>
    <message from='{romeo/home}' to='{juliet}' type='headline' id='n5'><any/></message>
    <message from='{romeo/home}' to='{juliet/home}' type='groupchat' id='n6'><any/></message>
    <message from='{romeo/home}' to='{juliet/home}' type='error' id='n7'><any/><any/></message>
    <message from='{romeo/home}' to='{juliet}' id='y1'><body>normal</body><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*y1}'/></message>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='y2'><any/><any/><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*y2}'/></message>
Juliet sends:
    <iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'/></iq>
Juliet receives:
    <message from='{juliet}' to='{juliet/home}'><result xmlns='urn:xmpp:mam:2' id='{y1}'><any/></result></message>
    <message from='{juliet}' to='{juliet/home}'><result xmlns='urn:xmpp:mam:2' id='{y2}'><any/></result></message>
    <iq type='result' id='q1' to='{juliet/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>
Romeo sends:
    <iq type='set' id='q2'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query></iq>
Romeo receives:
    <iq type='result' id='q2' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><count>2</count></set></fin></iq>
