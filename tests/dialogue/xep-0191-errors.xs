# XEP-0191 3.3: requests that are wrong change nothing; nobody else may ask or change.

Juliet connects
Romeo connects
Juliet sends:
    <iq type='set' id='e1'><block xmlns='urn:xmpp:blocking'/></iq>
Juliet receives:
    <iq type='error' id='e1' to='{juliet/home}'><block xmlns='urn:xmpp:blocking'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e2'><block xmlns='urn:xmpp:blocking'><item/></block></iq>
Juliet receives:
    <iq type='error' id='e2' to='{juliet/home}'><block xmlns='urn:xmpp:blocking'><item/></block><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# all or nothing
Juliet sends:
    <iq type='set' id='e3'><block xmlns='urn:xmpp:blocking'><item jid='{romeo}'/><item jid='@malformed@'/></block></iq>
Juliet receives:
    <iq type='error' id='e3' to='{juliet/home}'><block xmlns='urn:xmpp:blocking'><any/><any/></block><error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e4'><unblock xmlns='urn:xmpp:blocking'><item jid=''/></unblock></iq>
Juliet receives:
    <iq type='error' id='e4' to='{juliet/home}'><unblock xmlns='urn:xmpp:blocking'><any/></unblock><error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# not everything that is not empty is a list: it must not unblock all
Juliet sends:
    <iq type='set' id='e5'><unblock xmlns='urn:xmpp:blocking'><jid>{romeo}</jid></unblock></iq>
Juliet receives:
    <iq type='error' id='e5' to='{juliet/home}'><unblock xmlns='urn:xmpp:blocking'><any/></unblock><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='set' id='e6'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet receives:
    <iq type='error' id='e6' to='{juliet/home}'><blocklist xmlns='urn:xmpp:blocking'/><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet sends:
    <iq type='get' id='l1'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet receives:
    <iq type='result' id='l1' to='{juliet/home}'><blocklist xmlns='urn:xmpp:blocking'/></iq>

# another's list: there is nothing to see, nothing to set, and a push that is none does not get through
Romeo sends:
    <iq type='get' id='f1' to='{juliet}'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Romeo receives:
    <iq type='error' id='f1' from='{juliet}' to='{romeo/home}'><blocklist xmlns='urn:xmpp:blocking'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='f2' to='{juliet}'><block xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></block></iq>
Romeo receives:
    <iq type='error' id='f2' from='{juliet}' to='{romeo/home}'><block xmlns='urn:xmpp:blocking'><any/></block><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='f3' to='{juliet/home}'><unblock xmlns='urn:xmpp:blocking'/></iq>
Romeo receives:
    <iq type='error' id='f3' from='{juliet/home}' to='{romeo/home}'><unblock xmlns='urn:xmpp:blocking'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='get' id='f4' to='{host}'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Romeo receives:
    <iq type='error' id='f4' from='{host}' to='{romeo/home}'><blocklist xmlns='urn:xmpp:blocking'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Juliet receives nothing
