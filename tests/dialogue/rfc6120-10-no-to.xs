# RFC 6120 10.3: without `to` a message is for the account, presence for those who may see it, an iq for the account's server.

Romeo is online
Romeo/phone is online
Romeo receives:
    <presence from='{romeo/phone}' to='{romeo/home}'/>
Romeo/phone receives:
    <presence from='{romeo/home}' to='{romeo/phone}'/>
Romeo/tomb connects
Romeo sends:
    <message type='chat' id='m1'><body>note</body></message>
Romeo receives:
    <message from='{romeo/home}' to='{romeo}' type='chat' id='m1'><body>note</body></message>
Romeo/phone receives:
    <message from='{romeo/home}' to='{romeo}' type='chat' id='m1'><body>note</body></message>
Romeo sends:
    <message type='groupchat' id='m2'><body>note</body></message>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}' type='error' id='m2'><body>note</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message type='error' id='m3'><error type='cancel'/></message>
Romeo receives nothing
Romeo sends:
    <presence><show>away</show></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><show>away</show></presence>
Romeo/phone receives:
    <presence from='{romeo/home}' to='{romeo/phone}'><show>away</show></presence>
Romeo sends:
    <iq type='get' id='q1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq to='{romeo/home}' type='result' id='q1'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/><more/></query></iq>
# to the account it is the same, and who answers stands there
Romeo sends:
    <iq to='{romeo}' type='get' id='q2'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Romeo receives:
    <iq from='{romeo}' to='{romeo/home}' type='result' id='q2'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='account' type='registered'/><more/></query></iq>
Romeo/phone receives nothing
Romeo/tomb receives nothing
