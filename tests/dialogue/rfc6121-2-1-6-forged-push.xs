# RFC 6121 2.1.6: only the user's own server pushes. Clients must look who does; the server does not leave it to them.

Juliet is online
Romeo connects
Romeo sends:
    <iq type='set' id='f1' to='{juliet/home}'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.com' subscription='both'/></query></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='f1'><query xmlns='jabber:iq:roster'><more/></query><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# just as where nobody is
Romeo sends:
    <iq type='set' id='f2' to='{juliet/nowhere}'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.com' subscription='both'/></query></iq>
Romeo receives:
    <iq from='{juliet/nowhere}' to='{romeo/home}' type='error' id='f2'><query xmlns='jabber:iq:roster'><more/></query><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# 2.3.3: to change another one's roster is forbidden
Romeo sends:
    <iq type='set' id='f3' to='{juliet}'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.com'/></query></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='f3'><query xmlns='jabber:iq:roster'><more/></query><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet receives nothing
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>
