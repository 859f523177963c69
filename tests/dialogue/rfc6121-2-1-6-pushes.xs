# RFC 6121 2.1.6, 2.3.2, 2.4.2: pushes go to each resource that has asked for the roster, the one that changes it too,
# available or not, and to nobody else. Their answers are nobody's business.

Juliet/balcony connects
Juliet/chamber connects
Juliet/garden is online
Juliet/balcony sends:
    <iq type='get' id='b1'><query xmlns='jabber:iq:roster'/></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='result' id='b1'><query xmlns='jabber:iq:roster'/></iq>
Juliet/chamber sends:
    <iq type='get' id='c1'><query xmlns='jabber:iq:roster'/></iq>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='result' id='c1'><query xmlns='jabber:iq:roster'/></iq>
# first the push, then the result, as in the example of 2.3.2
Juliet/balcony sends:
    <iq from='{juliet/balcony}' type='set' id='ph1xaz53'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='Nurse'><group>Servants</group></item></query></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*push1}'><query xmlns='jabber:iq:roster' ver='{*v1}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>
    <iq to='{juliet/balcony}' type='result' id='ph1xaz53'/>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='set' id='{*push2}'><query xmlns='jabber:iq:roster' ver='{v1}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>
Juliet/garden receives nothing
Juliet/balcony sends:
    <iq type='result' id='{push1}'/>
Juliet/balcony receives nothing
Juliet/chamber sends:
    <iq type='error' id='{push2}' to='{juliet}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet/chamber receives nothing
Juliet/chamber sends:
    <iq type='result' id='{push2}' to='{host}'/>
Juliet/chamber receives nothing
Juliet/balcony receives nothing
# 2.4: the groups of an item are what the last set says, all of them
Juliet/chamber sends:
    <iq type='set' id='hv51dx37'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='Nurse'><group>Confidants</group></item></query></iq>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*v2}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Confidants</group></item></query></iq>
    <iq to='{juliet/chamber}' type='result' id='hv51dx37'/>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{v2}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Confidants</group></item></query></iq>
# what is refused is pushed to nobody
Juliet/balcony sends:
    <iq type='set' id='bad'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com'><group/></item></query></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='error' id='bad'><query xmlns='jabber:iq:roster'><more/></query><error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet/chamber receives nothing
Juliet/garden receives nothing
