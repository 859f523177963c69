# XEP-0016 2.3 to 2.8: every example of the document about lists themselves: get, active, default, edit, remove.

Romeo/orchard is online
Romeo/home is online
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}'/>
Romeo/home receives:
    <presence from='{romeo/orchard}' to='{romeo/home}'/>
Juliet connects

# 3: support
Juliet sends:
    <iq id='disco1' to='{host}' type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Juliet receives:
    <iq from='{host}' id='disco1' to='{juliet/home}' type='result'><query xmlns='http://jabber.org/protocol/disco#info'><any/><any/><feature var='jabber:iq:privacy'/><more/></query></iq>

# nothing yet
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist0'><query xmlns='jabber:iq:privacy'/></iq>
Romeo/orchard receives:
    <iq type='result' id='getlist0' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'/></iq>

# 2.7: new lists; all connected resources hear of each
Romeo/orchard sends:
    <iq type='set' id='new1'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='tybalt@example.com' action='deny' order='1'/><item action='allow' order='2'/></list></query></iq>
Romeo/orchard receives:
    <iq type='result' id='new1' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/home sends:
    <iq type='set' id='new2'><query xmlns='jabber:iq:privacy'><list name='private'><item action='deny' order='15'/><item type='subscription' value='both' action='allow' order='10'/></list></query></iq>
Romeo/home receives:
    <iq type='result' id='new2' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='private'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='private'/></query></iq>
Romeo/home sends:
    <iq type='set' id='new3'><query xmlns='jabber:iq:privacy'><list name='special'><item type='jid' value='juliet@example.com' action='allow' order='6'/><item type='jid' value='benvolio@example.org' action='allow' order='7'/><item type='jid' value='mercutio@example.org' action='allow' order='42'/><item action='deny' order='666'/></list></query></iq>
Romeo/home receives:
    <iq type='result' id='new3' to='{romeo/home}'/>
    <iq to='{romeo/home}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='special'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='special'/></query></iq>
Romeo/home disconnects
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}' type='unavailable'/>

# 2.4, 2.5: choices
Romeo/orchard sends:
    <iq type='set' id='default0'><query xmlns='jabber:iq:privacy'><default name='public'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='default0' to='{romeo/orchard}'/>
Romeo/orchard sends:
    <iq type='set' id='active0'><query xmlns='jabber:iq:privacy'><active name='private'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='active0' to='{romeo/orchard}'/>

# 2.3: names, with those of the choices in front; then each list, items in their order
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist1'><query xmlns='jabber:iq:privacy'/></iq>
Romeo/orchard receives:
    <iq type='result' id='getlist1' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><active name='private'/><default name='public'/><list name='private'/><list name='public'/><list name='special'/></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist2'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='getlist2' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='tybalt@example.com' action='deny' order='1'/><item action='allow' order='2'/></list></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist3'><query xmlns='jabber:iq:privacy'><list name='private'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='getlist3' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><list name='private'><item type='subscription' value='both' action='allow' order='10'/><item action='deny' order='15'/></list></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist4'><query xmlns='jabber:iq:privacy'><list name='special'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='getlist4' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><list name='special'><item type='jid' value='juliet@example.com' action='allow' order='6'/><item type='jid' value='benvolio@example.org' action='allow' order='7'/><item type='jid' value='mercutio@example.org' action='allow' order='42'/><item action='deny' order='666'/></list></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist5'><query xmlns='jabber:iq:privacy'><list name='The Empty Set'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='getlist5'><query xmlns='jabber:iq:privacy'><list name='The Empty Set'/></query><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist6'><query xmlns='jabber:iq:privacy'><list name='public'/><list name='private'/><list name='special'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='getlist6'><query xmlns='jabber:iq:privacy'><list name='public'/><list name='private'/><list name='special'/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>

# 2.4: active lists
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='active1'><query xmlns='jabber:iq:privacy'><active name='special'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='active1' to='{romeo/orchard}'/>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='active2'><query xmlns='jabber:iq:privacy'><active name='The Empty Set'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='active2'><query xmlns='jabber:iq:privacy'><active name='The Empty Set'/></query><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='get' id='getlist7'><query xmlns='jabber:iq:privacy'/></iq>
Romeo/orchard receives:
    <iq type='result' id='getlist7' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><active name='special'/><default name='public'/><more/></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='active3'><query xmlns='jabber:iq:privacy'><active/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='active3' to='{romeo/orchard}'/>

# 2.5: the default list
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='default1'><query xmlns='jabber:iq:privacy'><default name='special'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='default1' to='{romeo/orchard}'/>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='default4'><query xmlns='jabber:iq:privacy'><default name='The Empty Set'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='default4'><query xmlns='jabber:iq:privacy'><default name='The Empty Set'/></query><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# in use by another resource: neither changed nor declined
Romeo/home is online
Romeo/home receives:
    <presence from='{romeo/orchard}' to='{romeo/home}'/>
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}'/>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='default5'><query xmlns='jabber:iq:privacy'><default name='public'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='default5'><query xmlns='jabber:iq:privacy'><default name='public'/></query><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='default3'><query xmlns='jabber:iq:privacy'><default/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='default3'><query xmlns='jabber:iq:privacy'><default/></query><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# to what it is already: nothing is in the way of that
Romeo/orchard sends:
    <iq type='set' id='default6'><query xmlns='jabber:iq:privacy'><default name='special'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='default6' to='{romeo/orchard}'/>
# the other one has an active list: then it is free
Romeo/home sends:
    <iq type='set' id='active4'><query xmlns='jabber:iq:privacy'><active name='private'/></query></iq>
Romeo/home receives:
    <iq type='result' id='active4' to='{romeo/home}'/>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='default2'><query xmlns='jabber:iq:privacy'><default/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='default2' to='{romeo/orchard}'/>

# 2.6: edit, and the pushes, which are acknowledged
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='edit1'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='tybalt@example.com' action='deny' order='3'/><item type='jid' value='paris@example.org' action='deny' order='5'/><item action='allow' order='68'/></list></query></iq>
Romeo/orchard receives:
    <iq type='result' id='edit1' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*push1}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/home receives:
    <iq to='{romeo/home}' type='set' id='{*push2}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='result' id='{push1}'/>
Romeo/home sends:
    <iq from='{romeo/home}' type='result' id='{push2}'/>
    <iq type='get' id='getlist8'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
Romeo/home receives:
    <iq type='result' id='getlist8' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='public'><item type='jid' value='tybalt@example.com' action='deny' order='3'/><item type='jid' value='paris@example.org' action='deny' order='5'/><item action='allow' order='68'/></list></query></iq>

# 2.8: remove; not what applies to another resource
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='remove1'><query xmlns='jabber:iq:privacy'><list name='private'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='remove1'><query xmlns='jabber:iq:privacy'><list name='private'/></query><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo/home disconnects
Romeo/orchard receives:
    <presence from='{romeo/home}' to='{romeo/orchard}' type='unavailable'/>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='remove2'><query xmlns='jabber:iq:privacy'><list name='private'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='remove2' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='private'/></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='remove3'><query xmlns='jabber:iq:privacy'><list name='private'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='remove3'><query xmlns='jabber:iq:privacy'><list name='private'/></query><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# that of its own goes, and its choice with it
Romeo/orchard sends:
    <iq type='set' id='active5'><query xmlns='jabber:iq:privacy'><active name='special'/></query></iq>
    <iq type='set' id='remove4'><query xmlns='jabber:iq:privacy'><list name='special'/></query></iq>
Romeo/orchard receives:
    <iq type='result' id='active5' to='{romeo/orchard}'/>
    <iq type='result' id='remove4' to='{romeo/orchard}'/>
    <iq to='{romeo/orchard}' type='set' id='{*}'><query xmlns='jabber:iq:privacy'><list name='special'/></query></iq>
Romeo/orchard sends:
    <iq from='{romeo/orchard}' type='set' id='remove5'><query xmlns='jabber:iq:privacy'><list name='public'/><list name='special'/></query></iq>
Romeo/orchard receives:
    <iq to='{romeo/orchard}' type='error' id='remove5'><query xmlns='jabber:iq:privacy'><any/><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo/orchard sends:
    <iq type='get' id='getlist9'><query xmlns='jabber:iq:privacy'/></iq>
Romeo/orchard receives:
    <iq type='result' id='getlist9' to='{romeo/orchard}'><query xmlns='jabber:iq:privacy'><list name='public'/></query></iq>
