# XEP-0016 2.2: the active list is for its session alone, and the default list is not asked then; first match decides.

Romeo/orchard is online
Romeo/home is online
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}'/>
Romeo/home receives:
    <presence from='{romeo/orchard}' to='{romeo/home}'/>
Juliet is online
Nurse is online
Romeo/orchard sends:
    <iq type='set' id='e1'><query xmlns='jabber:iq:privacy'><list name='l'><item type='jid' value='{juliet/home}' action='allow' order='1'><iq/></item><item type='jid' value='{juliet}' action='deny' order='2'/></list></query></iq>
    <iq type='set' id='a1'><query xmlns='jabber:iq:privacy'><active name='l'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='e1' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='l'/></query></iq>
    <iq type='result' id='a1' to='{romeo/orchard}'/>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='l'/></query></iq>

# to the account: the other resource gets it; to the one: refused. 5, 6: what comes first decides, and only about its kinds
Juliet sends:
    <message to='{romeo}' type='chat' id='m1'><body>1</body></message>
    <message to='{romeo/orchard}' type='chat' id='m2'><body>2</body></message>
    <iq to='{romeo/orchard}' type='get' id='q1'><ping xmlns='urn:xmpp:ping'/></iq>
    <presence to='{romeo}' id='p1'/>
    <presence to='{romeo}' type='subscribe' id='s1'/>
Romeo/home receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m1'><body>1</body></message>
    <presence from='{juliet/home}' to='{romeo}' id='p1'/>
    <presence from='{juliet}' to='{romeo}' type='subscribe' id='s1'/>
Juliet receives:
    <message from='{romeo/orchard}' to='{juliet/home}' type='error' id='m2'><body>2</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo/orchard receives:
    <iq from='{juliet/home}' to='{romeo/orchard}' type='get' id='q1'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo/orchard receives nothing

# 8: another definition is in force at once, also for the other resource that has the list active
Romeo/home sends:
    <iq type='set' id='a2'><query xmlns='jabber:iq:privacy'><active name='l'/></query></iq>
    <iq type='set' id='e2'><query xmlns='jabber:iq:privacy'><list name='l'><item type='jid' value='{nurse}' action='deny' order='1'><message/></item></list></query></iq>
Romeo/home receives:
    <iq type='result' id='a2' to='{romeo/home}'/>
    <iq type='result' id='e2' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='l'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='l'/></query></iq>
Juliet sends:
    <message to='{romeo/orchard}' type='chat' id='m3'><body>3</body></message>
Romeo/orchard receives:
    <message from='{juliet/home}' to='{romeo/orchard}' type='chat' id='m3'><body>3</body></message>
# nobody of those that are there may have it
Nurse sends:
    <message to='{romeo}' type='chat' id='m4'><body>4</body></message>
Nurse receives:
    <message from='{romeo}' to='{nurse/home}' type='error' id='m4'><body>4</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
# 1: only as long as the session lasts. 2: nobody is there, and there is no default list
Romeo/home disconnects
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}' type='unavailable'/>
Romeo/orchard sends:
    <presence type='unavailable'/>
Romeo/orchard receives:
    <presence from='{romeo/orchard}' to='{romeo/orchard}' type='unavailable'/>
Nurse sends:
    <message to='{romeo}' type='chat' id='m5'><body>5</body></message>
    <message to='{romeo}' type='chat' id='m6'><body>6</body></message>
Juliet sends:
    <message to='{romeo}' type='chat' id='m7'><body>7</body></message>
Nurse receives nothing
Juliet receives nothing
# what the active list bars is left for others
Romeo/orchard sends:
    <presence/>
Romeo/orchard receives:
    <presence from='{romeo/orchard}' to='{romeo/orchard}'/>
    <presence from='{juliet}' to='{romeo}' type='subscribe' id='s1'/>
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m7'><body>7</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
Romeo/orchard receives nothing
Romeo/home connects
Romeo/home sends:
    <presence/>
Romeo/home receives in any order:
    <presence from='{romeo/home}' to='{romeo/home}'/>
    <presence from='{romeo/orchard}' to='{romeo/home}'/>
    <presence from='{juliet}' to='{romeo}' type='subscribe' id='s1'/>
    <message from='{nurse/home}' to='{romeo}' type='chat' id='m5'><body>5</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
    <message from='{nurse/home}' to='{romeo}' type='chat' id='m6'><body>6</body><delay xmlns='urn:xmpp:delay' from='{host}' stamp='{*}'/></message>
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}'/>
# and once only
Romeo/orchard sends:
    <iq type='set' id='a3'><query xmlns='jabber:iq:privacy'><active/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='a3' to='{romeo/orchard}'/>
Romeo/orchard receives nothing
