# XEP-0191 5: the block list is the part of the default privacy list that denies a JID everything, whoever changes it.

Romeo/home is online
Romeo/orchard is online
Romeo/home receives:
    <presence from='{romeo/orchard}' to='{romeo/home}'/>
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}'/>
Mercutio is online
Romeo/home sends:
    <iq type='get' id='l0'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Romeo/home receives:
    <iq type='result' id='l0' to='{romeo/home}'><blocklist xmlns='urn:xmpp:blocking'/></iq>

# 2: a list that becomes the default list brings its JIDs with it; what a block list cannot say it does not show (3)
Romeo/orchard sends:
    <iq type='set' id='e1'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='juliet@example.com' action='allow' order='1'/><item type='jid' value='tybalt@example.com' action='deny' order='3'/><item type='jid' value='paris@example.org' action='deny' order='5'><message/></item><item action='allow' order='68'/></list></query></iq>
Romeo/orchard receives:
    <iq type='result' id='e1' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard sends:
    <iq type='set' id='d1'><query xmlns='jabber:iq:privacy'><default name='public'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='d1' to='{romeo/orchard}'/>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='tybalt@example.com'/></block></iq>
Romeo/home sends:
    <iq type='get' id='l1'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Romeo/home receives:
    <iq type='result' id='l1' to='{romeo/home}'><blocklist xmlns='urn:xmpp:blocking'><item jid='tybalt@example.com'/></blocklist></iq>

# a block goes in front of all; orders change, for there is no room before 1. Who never asked for a privacy list hears of none
Romeo/home sends:
    <iq type='set' id='b1'><block xmlns='urn:xmpp:blocking'><item jid='{mercutio}'/></block></iq>
Romeo/home receives:
    <iq type='result' id='b1' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='{mercutio}'/></block></iq>
Romeo/home receives nothing
Romeo/orchard receives nothing
Romeo/orchard sends:
    <iq type='get' id='g1'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='g1' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='{mercutio}' action='deny' order='1'/><item type='jid' value='juliet@example.com' action='allow' order='1001'/><item type='jid' value='tybalt@example.com' action='deny' order='1002'/><item type='jid' value='paris@example.org' action='deny' order='1003'><message/></item><item action='allow' order='1004'/></list></query></iq>
# now there is room; and now that it has asked it is told
Romeo/home sends:
    <iq type='set' id='b2'><block xmlns='urn:xmpp:blocking'><item jid='tybalt@example.com'/><item jid='peter@example.com'/></block></iq>
Romeo/home receives:
    <iq type='result' id='b2' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='tybalt@example.com'/><item jid='peter@example.com'/></block></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard sends:
    <iq type='get' id='g2'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='g2' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='{mercutio}' action='deny' order='1'/><item type='jid' value='tybalt@example.com' action='deny' order='2'/><item type='jid' value='peter@example.com' action='deny' order='3'/><item type='jid' value='juliet@example.com' action='allow' order='1001'/><item type='jid' value='paris@example.org' action='deny' order='1003'><message/></item><item action='allow' order='1004'/></list></query></iq>

# 5: who has something else active gets what the default list denies
Romeo/orchard sends:
    <iq type='set' id='e2'><query xmlns='jabber:iq:privacy'><list name='all'><item action='allow' order='1'/></list></query></iq>
    <iq type='set' id='a2'><query xmlns='jabber:iq:privacy'><active name='all'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='e2' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='all'/></query></iq>
    <iq type='result' id='a2' to='{romeo/orchard}'/>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='all'/></query></iq>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m1'><body>a plague</body></message>
    <message to='{romeo/home}' type='chat' id='m2'><body>o' both your houses</body></message>
Romeo/orchard receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m1'><body>a plague</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio/home}' type='error' id='m2'><body>o' both your houses</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo/home receives nothing

# 3.5: unblock all leaves what is no block
Romeo/home sends:
    <iq type='set' id='u1'><unblock xmlns='urn:xmpp:blocking'/></iq>
Romeo/home receives:
    <iq type='result' id='u1' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'/></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard sends:
    <iq type='get' id='g3'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='g3' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='juliet@example.com' action='allow' order='1001'/><item type='jid' value='paris@example.org' action='deny' order='1003'><message/></item><item action='allow' order='1004'/></list></query></iq>

# 4: another default list is another block list
Romeo/orchard sends:
    <iq type='set' id='e3'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='tybalt@example.com' action='deny' order='1'/></list></query></iq>
Romeo/orchard receives:
    <iq type='result' id='e3' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='tybalt@example.com'/></block></iq>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/home sends:
    <iq type='set' id='e4'><query xmlns='jabber:iq:privacy'><list name='other'><item type='jid' value='paris@example.org' action='deny' order='1'/></list></query></iq>
    <iq type='set' id='d4'><query xmlns='jabber:iq:privacy'><default name='other'/></query></iq>
Romeo/home receives:
    <iq type='result' id='e4' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='other'/></query></iq>
    <iq type='result' id='d4' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></block></iq>
    <iq to='{romeo/home}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'><item jid='tybalt@example.com'/></unblock></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='other'/></query></iq>

# the last block goes: so does the list, which is empty, and there is no default list any more
Romeo/home sends:
    <iq type='set' id='u2'><unblock xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></unblock></iq>
Romeo/home receives:
    <iq type='result' id='u2' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></unblock></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='other'/></query></iq>
Romeo/orchard sends:
    <iq type='get' id='n1'><query xmlns='jabber:iq:privacy'/></iq>
Romeo/orchard receives:
    <iq type='result' id='n1' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><active name='all'/><list name='all'/><list name='public'/></query></iq>
# a list that a block makes is not one that the user has made
Romeo/orchard sends:
    <iq type='set' id='e5'><query xmlns='jabber:iq:privacy'><list name='blocklist'><item action='deny' order='1'/></list></query></iq>
Romeo/orchard receives:
    <iq type='result' id='e5' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='blocklist'/></query></iq>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='blocklist'/></query></iq>
Romeo/home sends:
    <iq type='set' id='b3'><block xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></block></iq>
Romeo/home receives:
    <iq type='result' id='b3' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></block></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='blocklist-2'/></query></iq>
Romeo/orchard sends:
    <iq type='get' id='n2'><query xmlns='jabber:iq:privacy'/></iq>
Romeo/orchard receives:
    <iq type='result' id='n2' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><active name='all'/><default name='blocklist-2'/><list name='all'/><list name='blocklist'/><list name='blocklist-2'/><list name='public'/></query></iq>
