# XEP-0016 2.12: iqs blocked by JID, group of the roster, subscription, and globally; nothing else is.

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
    <iq type='set' id='iq-jid-example'><query xmlns='jabber:iq:privacy'><list name='iq-jid-example'><item type='jid' value='{tybalt}' action='deny' order='29'><iq/></item></list></query></iq>
    <iq type='set' id='a-iq-jid-example'><query xmlns='jabber:iq:privacy'><active name='iq-jid-example'/></query></iq>
Romeo receives:
    <iq type='result' id='iq-jid-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='iq-jid-example'/></query></iq>
    <iq type='result' id='a-iq-jid-example' to='{romeo/home}'/>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q25'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q25'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q26'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q26'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q27'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q27'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q28'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q28'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='iq-group-example'><query xmlns='jabber:iq:privacy'><list name='iq-group-example'><item type='group' value='Enemies' action='deny' order='31'><iq/></item></list></query></iq>
    <iq type='set' id='a-iq-group-example'><query xmlns='jabber:iq:privacy'><active name='iq-group-example'/></query></iq>
Romeo receives:
    <iq type='result' id='iq-group-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='iq-group-example'/></query></iq>
    <iq type='result' id='a-iq-group-example' to='{romeo/home}'/>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q29'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q29'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q30'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q30'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q31'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q31'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q32'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q32'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='iq-sub-example'><query xmlns='jabber:iq:privacy'><list name='iq-sub-example'><item type='subscription' value='none' action='deny' order='17'><iq/></item></list></query></iq>
    <iq type='set' id='a-iq-sub-example'><query xmlns='jabber:iq:privacy'><active name='iq-sub-example'/></query></iq>
Romeo receives:
    <iq type='result' id='iq-sub-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='iq-sub-example'/></query></iq>
    <iq type='result' id='a-iq-sub-example' to='{romeo/home}'/>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q33'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q33'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q34'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q34'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q35'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q35'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q36'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q36'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='iq-global-example'><query xmlns='jabber:iq:privacy'><list name='iq-global-example'><item action='deny' order='1'><iq/></item></list></query></iq>
    <iq type='set' id='a-iq-global-example'><query xmlns='jabber:iq:privacy'><active name='iq-global-example'/></query></iq>
Romeo receives:
    <iq type='result' id='iq-global-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='iq-global-example'/></query></iq>
    <iq type='result' id='a-iq-global-example' to='{romeo/home}'/>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q37'><query xmlns='jabber:iq:version'/></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' type='error' id='q37'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q38'><query xmlns='jabber:iq:version'/></iq>
Mercutio receives:
    <iq from='{romeo/home}' to='{mercutio/home}' type='error' id='q38'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q39'><query xmlns='jabber:iq:version'/></iq>
Benvolio receives:
    <iq from='{romeo/home}' to='{benvolio/home}' type='error' id='q39'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q40'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q40'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# messages and what he sends himself are not concerned; nor is what he asks his server
Juliet sends:
    <message to='{romeo}' type='chat' id='m41'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m41'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m42'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m42'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m43'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m43'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m44'><body>hark</body></message>
Romeo receives:
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='m44'><body>hark</body></message>
Romeo sends:
    <message to='{juliet}' type='chat' id='o45'><body>hark</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='o45'><body>hark</body></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='o46'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='o46'><body>hark</body></message>
Romeo sends:
    <message to='{benvolio}' type='chat' id='o47'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo/home}' to='{benvolio}' type='chat' id='o47'><body>hark</body></message>
Romeo sends:
    <message to='{tybalt}' type='chat' id='o48'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo/home}' to='{tybalt}' type='chat' id='o48'><body>hark</body></message>
Romeo sends:
    <iq to='{host}' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='result' id='p1'/>
# 2.14: an answer is an iq too, and is dropped without a word
Romeo sends:
    <iq to='{juliet/home}' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
Juliet sends:
    <iq to='{romeo/home}' type='result' id='p2'/>
    <message to='{romeo}' type='chat' id='end'><body>behind it</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='end'><body>behind it</body></message>
Juliet receives nothing
