# XEP-0191 3.3: what a blocked JID sends, to every kind of address, and what the user sends to it.

Juliet is online
Romeo is online
Nurse is online
Juliet sends:
    <iq type='set' id='block1'><block xmlns='urn:xmpp:blocking'><item jid='{romeo}'/></block></iq>
Juliet receives:
    <iq type='result' id='block1' to='{juliet/home}'/>

# messages: an error, whatever the type; that of type error has no answer
Romeo sends:
    <message to='{juliet}' type='chat' id='m1'><body>Alas</body></message>
    <message to='{juliet/home}' type='chat' id='m2'><body>that love</body></message>
    <message to='{juliet/nowhere}' id='m3'><body>so gentle in his view</body></message>
    <message to='{juliet}' type='headline' id='m4'><body>should be so tyrannous</body></message>
    <message to='{juliet/home}' type='groupchat' id='m5'><body>and rough</body></message>
    <message to='{juliet/home}' type='error' id='m6'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo receives:
    <message from='{juliet}' to='{romeo/home}' type='error' id='m1'><body>Alas</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <message from='{juliet/home}' to='{romeo/home}' type='error' id='m2'><body>that love</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <message from='{juliet/nowhere}' to='{romeo/home}' type='error' id='m3'><body>so gentle in his view</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <message from='{juliet}' to='{romeo/home}' type='error' id='m4'><body>should be so tyrannous</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <message from='{juliet/home}' to='{romeo/home}' type='error' id='m5'><body>and rough</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo receives nothing

# iq: an error for requests, also for those that the server would answer in her place; silence for the rest
Romeo sends:
    <iq type='get' to='{juliet}' id='q1'><query xmlns='jabber:iq:version'/></iq>
    <iq type='get' to='{juliet/home}' id='q2'><query xmlns='jabber:iq:last'/></iq>
    <iq type='set' to='{juliet/nowhere}' id='q3'><query xmlns='urn:example:x'/></iq>
    <iq type='get' to='{juliet}' id='q4'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
    <iq type='result' to='{juliet/home}' id='q5'/>
    <iq type='error' to='{juliet/home}' id='q6'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo receives:
    <iq type='error' from='{juliet}' to='{romeo/home}' id='q1'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' from='{juliet/home}' to='{romeo/home}' id='q2'><query xmlns='jabber:iq:last'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' from='{juliet/nowhere}' to='{romeo/home}' id='q3'><query xmlns='urn:example:x'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' from='{juliet}' to='{romeo/home}' id='q4'><query xmlns='http://jabber.org/protocol/disco#info'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo receives nothing

# presence of every kind: no answer, no error
Romeo sends:
    <presence to='{juliet}'/>
    <presence to='{juliet/home}'><show>dnd</show></presence>
    <presence to='{juliet}' type='subscribe'/>
    <presence to='{juliet}' type='unsubscribe'/>
    <presence to='{juliet}' type='subscribed'/>
    <presence to='{juliet}' type='unsubscribed'/>
    <presence to='{juliet}' type='probe'/>
    <presence to='{juliet}' type='unavailable'/>
    <message to='{juliet}' type='chat' id='m7'><body>the last of it</body></message>
Romeo receives:
    <message from='{juliet}' to='{romeo/home}' type='error' id='m7'><body>the last of it</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet receives nothing

# the other way: whatever she sends him comes back; what must not be answered does not
Juliet sends:
    <message to='{romeo}' type='chat' id='o1'><body>Can you hear me now?</body></message>
    <iq to='{romeo/home}' type='get' id='o2'><ping xmlns='urn:xmpp:ping'/></iq>
    <presence to='{romeo/home}' id='o3'/>
    <presence to='{romeo}' type='subscribe' id='o4'/>
    <message to='{romeo}' type='error' id='o5'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
    <iq to='{romeo/home}' type='result' id='o6'/>
Juliet receives:
    <message type='error' from='{romeo}' to='{juliet/home}' id='o1'><body>Can you hear me now?</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></message>
    <iq type='error' from='{romeo/home}' to='{juliet/home}' id='o2'><ping xmlns='urn:xmpp:ping'/><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></iq>
    <presence type='error' from='{romeo/home}' to='{juliet/home}' id='o3'><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></presence>
    <presence type='error' from='{romeo}' to='{juliet/home}' id='o4'><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></presence>
Juliet receives nothing

# everybody else is as before
Nurse sends:
    <message to='{juliet}' type='chat' id='n1'><body>Madam!</body></message>
Juliet receives:
    <message from='{nurse/home}' to='{juliet}' type='chat' id='n1'><body>Madam!</body></message>
Nurse sends:
    <message to='{romeo}' type='chat' id='n2'><body>Sir</body></message>
Romeo receives:
    <message from='{nurse/home}' to='{romeo}' type='chat' id='n2'><body>Sir</body></message>

# across sessions, and also while she is away: nothing is kept for her
Juliet disconnects
Romeo sends:
    <message to='{juliet}' type='chat' id='m8'><body>Still</body></message>
Romeo receives:
    <message from='{juliet}' to='{romeo/home}' type='error' id='m8'><body>Still</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet is online
Juliet receives nothing

# and unblocked, he gets through again
Juliet sends:
    <iq type='set' id='unblock1'><unblock xmlns='urn:xmpp:blocking'><item jid='{romeo}'/></unblock></iq>
Juliet receives:
    <iq type='result' id='unblock1' to='{juliet/home}'/>
Romeo sends:
    <message to='{juliet}' type='chat' id='m9'><body>Hi</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='m9'><body>Hi</body></message>
