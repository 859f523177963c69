# RFC 6121 8.5.2.1.3, 8.5.2.2.3, 8.5.3.2.3: the server answers for an account, the same whether it is there or not; for a resource that one does.

Juliet connects
Tybalt connects
Tybalt disconnects
Romeo connects
Romeo sends:
    <iq to='{juliet}' type='get' id='a00'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='a00'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet}' type='get' id='a01'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='a01'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet}' type='get' id='a02'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='a02'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet}' type='get' id='a03'><query xmlns='urn:example:q'/></iq>
Romeo receives:
    <iq from='{juliet}' to='{romeo/home}' type='error' id='a03'><query xmlns='urn:example:q'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt}' type='get' id='a10'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{tybalt}' to='{romeo/home}' type='error' id='a10'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt}' type='get' id='a11'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq from='{tybalt}' to='{romeo/home}' type='error' id='a11'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt}' type='get' id='a12'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{tybalt}' to='{romeo/home}' type='error' id='a12'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt}' type='get' id='a13'><query xmlns='urn:example:q'/></iq>
Romeo receives:
    <iq from='{tybalt}' to='{romeo/home}' type='error' id='a13'><query xmlns='urn:example:q'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}' type='get' id='a20'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='nobody@{host}' to='{romeo/home}' type='error' id='a20'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}' type='get' id='a21'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq from='nobody@{host}' to='{romeo/home}' type='error' id='a21'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}' type='get' id='a22'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='nobody@{host}' to='{romeo/home}' type='error' id='a22'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}' type='get' id='a23'><query xmlns='urn:example:q'/></iq>
Romeo receives:
    <iq from='nobody@{host}' to='{romeo/home}' type='error' id='a23'><query xmlns='urn:example:q'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/tomb}' type='get' id='a30'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/tomb}' to='{romeo/home}' type='error' id='a30'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/tomb}' type='get' id='a31'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq from='{juliet/tomb}' to='{romeo/home}' type='error' id='a31'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/tomb}' type='get' id='a32'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{juliet/tomb}' to='{romeo/home}' type='error' id='a32'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/tomb}' type='get' id='a33'><query xmlns='urn:example:q'/></iq>
Romeo receives:
    <iq from='{juliet/tomb}' to='{romeo/home}' type='error' id='a33'><query xmlns='urn:example:q'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt/home}' type='get' id='a40'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{tybalt/home}' to='{romeo/home}' type='error' id='a40'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt/home}' type='get' id='a41'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq from='{tybalt/home}' to='{romeo/home}' type='error' id='a41'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt/home}' type='get' id='a42'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{tybalt/home}' to='{romeo/home}' type='error' id='a42'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{tybalt/home}' type='get' id='a43'><query xmlns='urn:example:q'/></iq>
Romeo receives:
    <iq from='{tybalt/home}' to='{romeo/home}' type='error' id='a43'><query xmlns='urn:example:q'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}/x' type='get' id='a50'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='nobody@{host}/x' to='{romeo/home}' type='error' id='a50'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}/x' type='get' id='a51'><query xmlns='jabber:iq:roster'/></iq>
Romeo receives:
    <iq from='nobody@{host}/x' to='{romeo/home}' type='error' id='a51'><query xmlns='jabber:iq:roster'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}/x' type='get' id='a52'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='nobody@{host}/x' to='{romeo/home}' type='error' id='a52'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='nobody@{host}/x' type='get' id='a53'><query xmlns='urn:example:q'/></iq>
Romeo receives:
    <iq from='nobody@{host}/x' to='{romeo/home}' type='error' id='a53'><query xmlns='urn:example:q'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='{juliet/home}' type='set' id='q1'><query xmlns='jabber:iq:version'/></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' type='set' id='q1'><query xmlns='jabber:iq:version'/></iq>
# she goes without having answered what had reached her: the answer is hers to give, and nobody gives another
Juliet disconnects
Romeo sends:
    <iq to='{juliet/home}' type='get' id='q2'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='error' id='q2'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
