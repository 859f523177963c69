# XEP-0313 3, 4: what is said stays, on both sides; a message has one id in all views (XEP-0359), live, in copies and later.

Juliet is online
Romeo connects
Romeo/phone connects
Romeo/phone sends:
    <iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>
Romeo/phone receives:
    <iq type='result' id='enable1' to='{romeo/phone}'/>
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>Call me but love, and I'll be new baptized</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>Call me but love, and I'll be new baptized</body><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*j1}'/></message>
Romeo/phone receives:
    <message from='{romeo}' to='{romeo/phone}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>Call me but love, and I'll be new baptized</body><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='{*r1}'/></message></forwarded></sent></message>
Juliet sends:
    <message to='{romeo/home}' type='chat' id='m2'><body>What man art thou</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo/home}' type='chat' id='m2'><body>What man art thou</body><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='{*r2}'/></message>
Romeo/phone receives:
    <message from='{romeo}' to='{romeo/phone}' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/home}' type='chat' id='m2'><body>What man art thou</body><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='{r2}'/></message></forwarded></received></message>

# examples 2 to 4
Juliet sends:
    <iq type='set' id='juliet1'><query xmlns='urn:xmpp:mam:2' queryid='f27'/></iq>
Juliet receives:
    <message from='{juliet}' to='{juliet/home}'><result xmlns='urn:xmpp:mam:2' queryid='f27' id='{j1}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{*}'/><message xmlns='jabber:client' from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>Call me but love, and I'll be new baptized</body></message></forwarded></result></message>
    <message from='{juliet}' to='{juliet/home}'><result xmlns='urn:xmpp:mam:2' queryid='f27' id='{*j2}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{*}'/><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/home}' type='chat' id='m2'><body>What man art thou</body></message></forwarded></result></message>
Juliet receives:
    <iq type='result' id='juliet1' to='{juliet/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><first index='0'>{j1}</first><last>{j2}</last><count>2</count></set></fin></iq>
Romeo sends:
    <iq type='set' id='romeo1' to='{romeo}'><query xmlns='urn:xmpp:mam:2'/></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{r1}'><forwarded xmlns='urn:xmpp:forward:0'><any/><message xmlns='jabber:client' from='{romeo/home}' to='{juliet}' type='chat' id='m1'><any/></message></forwarded></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{r2}'><forwarded xmlns='urn:xmpp:forward:0'><any/><message xmlns='jabber:client' from='{juliet/home}' to='{romeo/home}' type='chat' id='m2'><any/></message></forwarded></result></message>
    <iq type='result' id='romeo1' from='{romeo}' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><first index='0'>{r1}</first><last>{r2}</last><count>2</count></set></fin></iq>

# what waited for her has its id, too
Juliet disconnects
Romeo sends:
    <message to='{juliet}' type='chat' id='m3'><body>Lady</body></message>
Romeo/phone receives:
    <message from='{romeo}' to='{romeo/phone}' type='chat'><any/></message>
Juliet connects
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m3'><body>Lady</body><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*j3}'/><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
Juliet sends:
    <iq type='set' id='juliet2'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><after>{j2}</after></set></query></iq>
Juliet receives:
    <message from='{juliet}' to='{juliet/home}'><result xmlns='urn:xmpp:mam:2' id='{j3}'><any/></result></message>
    <iq type='result' id='juliet2' to='{juliet/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><first>{j3}</first><last>{j3}</last></set></fin></iq>

# to himself: once (6.1.1), found by his own address (4.1.1)
Romeo sends:
    <message to='{romeo/phone}' type='chat' id='m4'><body>Note</body></message>
Romeo/phone receives:
    <message from='{romeo/home}' to='{romeo/phone}' type='chat' id='m4'><body>Note</body><stanza-id xmlns='urn:xmpp:sid:0' by='{romeo}' id='{*r4}'/></message>
Romeo sends:
    <iq type='set' id='romeo2'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>{romeo}</value></field></x></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{r4}'><any/></result></message>
    <iq type='result' id='romeo2' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>
Romeo receives nothing
# ... and what one device of his has to do with
Romeo sends:
    <iq type='set' id='romeo3'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>{romeo/phone}</value></field></x></query></iq>
    <iq type='set' id='romeo4'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>{romeo/home}</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>2</max></set></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{r4}'><any/></result></message>
    <iq type='result' id='romeo3' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{r1}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{r2}'><any/></result></message>
    <iq type='result' id='romeo4' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><any/></fin></iq>

# 5: metadata
Romeo sends:
    <iq type='get' id='meta1'><metadata xmlns='urn:xmpp:mam:2'/></iq>
Romeo receives:
    <iq type='result' id='meta1' to='{romeo/home}'><metadata xmlns='urn:xmpp:mam:2'><start id='{r1}' timestamp='{*}'/><end id='{r4}' timestamp='{*}'/></metadata></iq>
Nurse connects
Nurse sends:
    <iq type='get' id='meta2'><metadata xmlns='urn:xmpp:mam:2'/></iq>
    <iq type='set' id='nurse1'><query xmlns='urn:xmpp:mam:2'/></iq>
Nurse receives:
    <iq type='result' id='meta2' to='{nurse/home}'><metadata xmlns='urn:xmpp:mam:2'/></iq>
    <iq type='result' id='nurse1' to='{nurse/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set></fin></iq>

# 8.1: nobody else's archive, as if there were none
Nurse sends:
    <iq type='set' id='nurse2' to='{romeo}'><query xmlns='urn:xmpp:mam:2'/></iq>
Nurse receives:
    <iq type='error' id='nurse2' from='{romeo}' to='{nurse/home}'><any/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
