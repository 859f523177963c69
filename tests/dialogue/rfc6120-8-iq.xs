# RFC 6120 8.2.3: every get and set gets exactly one answer; results and errors none.

Romeo connects
Romeo sends:
    <iq type='get' id='q1'><query xmlns='urn:example:unknown'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='error' id='q1'><query xmlns='urn:example:unknown'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='get' id='q2'/>
Romeo receives:
    <iq to='{romeo/home}' type='error' id='q2'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='result' id='q3'/>
    <iq type='error' id='q4'><error type='cancel'/></iq>
Romeo receives nothing
Romeo sends:
    <iq type='get' id='q5' to='{romeo/elsewhere}'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{romeo/elsewhere}' to='{romeo/home}' type='error' id='q5'><ping xmlns='urn:xmpp:ping'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
