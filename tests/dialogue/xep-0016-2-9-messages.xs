# XEP-0016 2.9: messages blocked by JID, group of the roster, subscription, and globally; nothing else is.

Romeo is online
Juliet is online
Mercutio is online
Benvolio is online
Tybalt is online
Romeo sends:
    <iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{tybalt}'><group>Enemies</group></item></query></iq>
    <presence to='{juliet}' type='subscribe'/>
    <presence to='{benvolio}' type='subscribe'/>
Romeo receives:
    <iq type='result' id='r1' to='{romeo/home}'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Benvolio receives:
    <presence from='{romeo}' to='{benvolio}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
    <presence to='{romeo}' type='subscribe'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
    <presence from='{juliet}' to='{romeo}' type='subscribe'/>
Benvolio sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{benvolio}' to='{romeo}' type='subscribed'/>
    <presence from='{benvolio/home}' to='{romeo}'/>
Mercutio sends:
    <presence to='{romeo}' type='subscribe'/>
Romeo receives:
    <presence from='{mercutio}' to='{romeo}' type='subscribe'/>
Romeo sends:
    <presence to='{mercutio}' type='subscribed'/>
    <presence to='{juliet}' type='subscribed'/>
Mercutio receives:
    <presence from='{romeo}' to='{mercutio}' type='subscribed'/>
    <presence from='{romeo/home}' to='{mercutio}'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribed'/>
    <presence from='{romeo/home}' to='{juliet}'/>
Romeo sends:
    <iq type='set' id='message-jid-example'><query xmlns='jabber:iq:privacy'><list name='message-jid-example'><item type='jid' value='{tybalt}' action='deny' order='3'><message/></item></list></query></iq>
    <iq type='set' id='a-message-jid-example'><query xmlns='jabber:iq:privacy'><active name='message-jid-example'/></query></iq>
Romeo receives:
    <iq type='result' id='message-jid-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='message-jid-example'/></query></iq>
    <iq type='result' id='a-message-jid-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m1'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m1'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m2'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m2'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m3'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m3'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m4'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m4'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <iq type='set' id='message-group-example'><query xmlns='jabber:iq:privacy'><list name='message-group-example'><item type='group' value='Enemies' action='deny' order='4'><message/></item></list></query></iq>
    <iq type='set' id='a-message-group-example'><query xmlns='jabber:iq:privacy'><active name='message-group-example'/></query></iq>
Romeo receives:
    <iq type='result' id='message-group-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='message-group-example'/></query></iq>
    <iq type='result' id='a-message-group-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m5'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m5'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m6'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m6'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m7'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m7'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m8'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m8'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <iq type='set' id='message-sub-example'><query xmlns='jabber:iq:privacy'><list name='message-sub-example'><item type='subscription' value='none' action='deny' order='5'><message/></item></list></query></iq>
    <iq type='set' id='a-message-sub-example'><query xmlns='jabber:iq:privacy'><active name='message-sub-example'/></query></iq>
Romeo receives:
    <iq type='result' id='message-sub-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='message-sub-example'/></query></iq>
    <iq type='result' id='a-message-sub-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m9'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m9'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m10'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m10'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m11'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m11'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m12'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m12'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <iq type='set' id='message-global-example'><query xmlns='jabber:iq:privacy'><list name='message-global-example'><item action='deny' order='6'><message/></item></list></query></iq>
    <iq type='set' id='a-message-global-example'><query xmlns='jabber:iq:privacy'><active name='message-global-example'/></query></iq>
Romeo receives:
    <iq type='result' id='message-global-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='message-global-example'/></query></iq>
    <iq type='result' id='a-message-global-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m13'><body>hark</body></message>
Juliet receives:
    <message from='{romeo}' to='{juliet/home}' type='error' id='m13'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m14'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo}' to='{mercutio/home}' type='error' id='m14'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m15'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo}' to='{benvolio/home}' type='error' id='m15'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m16'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m16'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
# iq, presence, and what he sends himself, are not concerned
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q17'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q17'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q18'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q18'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q19'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q19'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q20'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{tybalt/home}' to='{romeo/home}' type='get' id='q20'><query xmlns='jabber:iq:version'/></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='o21'><body>hark</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='o21'><body>hark</body></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='o22'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='o22'><body>hark</body></message>
Romeo sends:
    <message to='{benvolio}' type='chat' id='o23'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo/home}' to='{benvolio}' type='chat' id='o23'><body>hark</body></message>
Romeo sends:
    <message to='{tybalt}' type='chat' id='o24'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo/home}' to='{tybalt}' type='chat' id='o24'><body>hark</body></message>
Tybalt sends:
    <presence to='{romeo}'/>
Romeo receives:
    <presence from='{tybalt/home}' to='{romeo}'/>
