# RFC 6120 8.2.3, 8.4: an iq has an id, a type that there is, and as many children as its type wants; each request gets one
# answer, answers get none.

Juliet is online
Romeo connects
# an unknown namespace, of the account, the server, another account
Romeo sends:
    <iq type='get' id='q1'><query xmlns='urn:example:unknown'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='error' id='q1'><query xmlns='urn:example:unknown'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{romeo}' type='set' id='q2'><query xmlns='urn:example:unknown'/></iq>
Romeo receives:
    <iq from='{romeo}' to='{romeo/home}' type='error' id='q2'><query xmlns='urn:example:unknown'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{host}' type='get' id='q3'><query xmlns='urn:example:unknown'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='error' id='q3'><query xmlns='urn:example:unknown'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet}' type='get' id='q4'><query xmlns='urn:example:unknown'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='q4'><query xmlns='urn:example:unknown'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# 8.3.3.3: a namespace that is known, and in it something that is not; of other accounts nothing is told
Romeo sends:
    <iq to='{host}' type='get' id='n1'><pong xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='error' id='n1'><pong xmlns='urn:xmpp:ping'/><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{host}' type='set' id='n2'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='error' id='n2'><query xmlns='jabber:iq:version'/><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='get' id='n3'><roster xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='error' id='n3'><roster xmlns='jabber:iq:roster'/><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet}' type='get' id='n4'><items xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='n4'><items xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# no id, no type, no such type, whoever it is for
Romeo sends:
    <iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='error'><ping xmlns='urn:xmpp:ping'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{host}' type='get'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='error'><ping xmlns='urn:xmpp:ping'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/home}' type='set'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error'><ping xmlns='urn:xmpp:ping'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{host}' id='t1'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='error' id='t1'><ping xmlns='urn:xmpp:ping'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/home}' id='t2' type='ask'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='t2'><ping xmlns='urn:xmpp:ping'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# no child, two children
Romeo sends:
    <iq type='get' id='c1'/>
Romeo receives:
    <iq to='{romeo/home}' type='error' id='c1'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/home}' type='set' id='c2'/>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='c2'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{host}' type='get' id='c3'><ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='error' id='c3'><ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/home}' type='get' id='c4'><ping xmlns='urn:xmpp:ping'/><x xmlns='urn:example:x'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='c4'><ping xmlns='urn:xmpp:ping'/><x xmlns='urn:example:x'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# answers that nobody has asked for
Romeo sends:
    <iq type='result' id='r1'/>
    <iq type='error' id='r2'><error type='cancel'/></iq>
    <iq to='{host}' type='result' id='r3'/>
    <iq to='{host}' type='error' id='r4'><error type='cancel'/></iq>
    <iq to='{romeo}' type='result' id='r5'/>
    <iq to='{juliet}' type='result' id='r6'/>
    <iq to='{juliet}' type='error' id='r7'><error type='cancel'/></iq>
    <iq to='{juliet/tomb}' type='result' id='r8'/>
    <iq type='result'/>
Romeo receives nothing
Juliet receives nothing
# a resource that is not there
Romeo sends:
    <iq type='get' id='a1' to='{romeo/elsewhere}'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{romeo/elsewhere}' to='{romeo/home}' type='error' id='a1'><ping xmlns='urn:xmpp:ping'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# one that is: the request arrives once, and so does the answer; also when the answer is an error, or one with little in it
Romeo sends:
    <iq to='{juliet/home}' type='get' id='g0'><query xmlns='urn:example:q'/></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' type='get' id='g0'><query xmlns='urn:example:q'/></iq>
Juliet sends:
    <iq to='{romeo/home}' type='result' id='g0'/>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='result' id='g0'/>
Romeo sends:
    <iq to='{juliet/home}' type='get' id='g1'><query xmlns='urn:example:q'/></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' type='get' id='g1'><query xmlns='urn:example:q'/></iq>
Juliet sends:
    <iq to='{romeo/home}' type='result' id='g1'><query xmlns='urn:example:q'>yes</query></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='result' id='g1'><query xmlns='urn:example:q'>yes</query></iq>
Romeo receives nothing
Juliet receives nothing
# an answer with more in it than there should be is for the one who asked to make sense of: without it there would be none
Juliet sends:
    <iq to='{romeo/home}' type='result' id='g2'><a xmlns='urn:example:q'/><b xmlns='urn:example:q'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='result' id='g2'><a xmlns='urn:example:q'/><b xmlns='urn:example:q'/></iq>
Juliet receives nothing
