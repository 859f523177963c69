# XEP-0441: whose messages stay in the archive is the user's to say.

Romeo connects
Juliet is online
Juliet sends:
    <iq type='get' id='juliet2'><prefs xmlns='urn:xmpp:mam:2'/></iq>
Juliet receives:
    <iq type='result' id='juliet2' to='{juliet/home}'><prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs></iq>

# example 4, 5
Juliet sends:
    <iq type='set' id='juliet3'><prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>{romeo}</jid></always><never><jid>{nurse}</jid><jid>{romeo/phone}</jid></never></prefs></iq>
Juliet receives:
    <iq type='result' id='juliet3' to='{juliet/home}'><prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>{romeo}</jid></always><never><jid>{nurse}</jid><jid>{romeo/phone}</jid></never></prefs></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>always</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m1'><body>always</body><stanza-id xmlns='urn:xmpp:sid:0' by='{juliet}' id='{*m1}'/></message>
Romeo/phone connects
Romeo/phone sends:
    <message to='{juliet}' type='chat' id='m2'><body>never, from this resource</body></message>
Nurse connects
Nurse sends:
    <message to='{juliet}' type='chat' id='m3'><body>never</body></message>
Tybalt connects
Tybalt sends:
    <message to='{juliet}' type='chat' id='m4'><body>not in the roster</body></message>
Juliet receives:
    <message from='{romeo/phone}' to='{juliet}' type='chat' id='m2'><any/></message>
    <message from='{nurse/home}' to='{juliet}' type='chat' id='m3'><any/></message>
    <message from='{tybalt/home}' to='{juliet}' type='chat' id='m4'><any/></message>
Juliet sends:
    <iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{tybalt}'/></query></iq>
    <message to='{tybalt/home}' type='chat' id='m5'><body>in the roster</body></message>
    <message to='{nurse/home}' type='chat' id='m6'><body>never</body></message>
Juliet receives:
    <iq type='result' id='r1' to='{juliet/home}'/>
Tybalt receives:
    <message from='{juliet/home}' to='{tybalt/home}' type='chat' id='m5'><any/></message>
Juliet sends:
    <iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'/></iq>
Juliet receives:
    <message from='{juliet}' to='{juliet/home}'><result xmlns='urn:xmpp:mam:2' id='{m1}'><any/></result></message>
    <message from='{juliet}' to='{juliet/home}'><result xmlns='urn:xmpp:mam:2' id='{*m5}'><forwarded xmlns='urn:xmpp:forward:0'><any/><message xmlns='jabber:client' from='{juliet/home}' to='{tybalt/home}' type='chat' id='m5'><any/></message></forwarded></result></message>
    <iq type='result' id='q1' to='{juliet/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>

# what is wrong changes nothing
Juliet sends:
    <iq type='set' id='e1'><prefs xmlns='urn:xmpp:mam:2'/></iq>
    <iq type='set' id='e2'><prefs xmlns='urn:xmpp:mam:2' default='sometimes'/></iq>
    <iq type='set' id='e3'><prefs xmlns='urn:xmpp:mam:2' default='never'><always><jid>@</jid></always></prefs></iq>
    <iq type='get' id='g2'><prefs xmlns='urn:xmpp:mam:2'/></iq>
Juliet receives:
    <iq type='error' id='e1' to='{juliet/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' id='e2' to='{juliet/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' id='e3' to='{juliet/home}'><any/><error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='result' id='g2' to='{juliet/home}'><prefs xmlns='urn:xmpp:mam:2' default='roster'><any/><any/></prefs></iq>
Romeo sends:
    <iq type='get' id='other' to='{juliet}'><prefs xmlns='urn:xmpp:mam:2'/></iq>
Romeo receives:
    <iq type='error' id='other' from='{juliet}' to='{romeo/home}'><any/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
