# Overview 3.3: the two things that XMPP IM made of IQ: the roster (3.5), and blocked communication, as RFC 3921 section 10 has it
# (privacy lists, XEP-0016 now) and as clients do it today (XEP-0191). All of it is in xep-0016-* and xep-0191-*.

Romeo is online
Tybalt is online
# RFC 3921 10.6, 10.5: a list, and it is the default list
Romeo sends:
    <iq type='set' id='msg1'><query xmlns='jabber:iq:privacy'><list name='message-jid-example'><item type='jid' value='{tybalt}' action='deny' order='3'><message/></item></list></query></iq>
Romeo receives:
    <iq type='result' id='msg1' to='{romeo/home}'/>
    <iq type='set' id='{*push}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='message-jid-example'/></query></iq>
Romeo sends:
    <iq type='result' id='{push}'/>
    <iq type='set' id='default1'><query xmlns='jabber:iq:privacy'><default name='message-jid-example'/></query></iq>
Romeo receives:
    <iq type='result' id='default1' to='{romeo/home}'/>
# RFC 3921 10.14 let such messages vanish; XEP-0016 2.14 answers them
Tybalt sends:
    <message to='{romeo}' id='m1'><body>Thou art a villain</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m1'><body>Thou art a villain</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo receives nothing
# the other way: all communication
Romeo sends:
    <iq type='set' id='block1'><block xmlns='urn:xmpp:blocking'><item jid='{tybalt}'/></block></iq>
Romeo receives:
    <iq type='result' id='block1' to='{romeo/home}'/>
Romeo sends:
    <message to='{tybalt}' id='m2'><body>I do protest</body></message>
Romeo receives:
    <message from='{tybalt}' to='{romeo/home}' type='error' id='m2'><body>I do protest</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></message>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q1'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q1'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='unblock1'><unblock xmlns='urn:xmpp:blocking'><item jid='{tybalt}'/></unblock></iq>
    <iq type='set' id='default2'><query xmlns='jabber:iq:privacy'><default/></query></iq>
Romeo receives:
    <iq type='result' id='unblock1' to='{romeo/home}'/>
    <iq type='result' id='default2' to='{romeo/home}'/>
Tybalt sends:
    <message to='{romeo}' id='m3'><body>Boy</body></message>
Romeo receives:
    <message from='{tybalt/home}' to='{romeo}' id='m3'><body>Boy</body></message>
