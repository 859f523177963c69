# XEP-0016 2.13: all communication blocked, both ways, by JID, group, subscription and globally; 2.15: the heuristic.

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
    <iq type='set' id='all-jid-example'><query xmlns='jabber:iq:privacy'><list name='all-jid-example'><item type='jid' value='{tybalt}' action='deny' order='23'/></list></query></iq>
    <iq type='set' id='a-all-jid-example'><query xmlns='jabber:iq:privacy'><active name='all-jid-example'/></query></iq>
Romeo receives:
    <iq type='result' id='all-jid-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='all-jid-example'/></query></iq>
    <iq type='result' id='a-all-jid-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m49'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m49'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m50'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m50'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m51'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m51'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m52'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m52'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q53'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q53'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q54'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q54'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q55'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q55'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q56'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q56'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='o57'><body>hark</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='o57'><body>hark</body></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='o58'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='o58'><body>hark</body></message>
Romeo sends:
    <message to='{benvolio}' type='chat' id='o59'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo/home}' to='{benvolio}' type='chat' id='o59'><body>hark</body></message>
Romeo sends:
    <message to='{tybalt}' type='chat' id='o60'><body>hark</body></message>
Romeo receives:
    <message from='{tybalt}' to='{romeo/home}' type='error' id='o60'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><blocked xmlns='urn:xmpp:blocking:errors'/></error></message>
Romeo sends:
    <iq type='set' id='all-group-example'><query xmlns='jabber:iq:privacy'><list name='all-group-example'><item type='group' value='Enemies' action='deny' order='13'/></list></query></iq>
    <iq type='set' id='a-all-group-example'><query xmlns='jabber:iq:privacy'><active name='all-group-example'/></query></iq>
Romeo receives:
    <iq type='result' id='all-group-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='all-group-example'/></query></iq>
    <iq type='result' id='a-all-group-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m61'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m61'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m62'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m62'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m63'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m63'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m64'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m64'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q65'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q65'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q66'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q66'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q67'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q67'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q68'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q68'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='o69'><body>hark</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='o69'><body>hark</body></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='o70'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='o70'><body>hark</body></message>
Romeo sends:
    <message to='{benvolio}' type='chat' id='o71'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo/home}' to='{benvolio}' type='chat' id='o71'><body>hark</body></message>
Romeo sends:
    <message to='{tybalt}' type='chat' id='o72'><body>hark</body></message>
Romeo receives:
    <message from='{tybalt}' to='{romeo/home}' type='error' id='o72'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <iq type='set' id='all-sub-example'><query xmlns='jabber:iq:privacy'><list name='all-sub-example'><item type='subscription' value='none' action='deny' order='11'/></list></query></iq>
    <iq type='set' id='a-all-sub-example'><query xmlns='jabber:iq:privacy'><active name='all-sub-example'/></query></iq>
Romeo receives:
    <iq type='result' id='all-sub-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='all-sub-example'/></query></iq>
    <iq type='result' id='a-all-sub-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m73'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m73'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m74'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m74'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m75'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m75'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m76'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m76'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q77'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q77'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q78'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q78'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q79'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q79'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q80'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q80'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='o81'><body>hark</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='o81'><body>hark</body></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='o82'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='o82'><body>hark</body></message>
Romeo sends:
    <message to='{benvolio}' type='chat' id='o83'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo/home}' to='{benvolio}' type='chat' id='o83'><body>hark</body></message>
Romeo sends:
    <message to='{tybalt}' type='chat' id='o84'><body>hark</body></message>
Romeo receives:
    <message from='{tybalt}' to='{romeo/home}' type='error' id='o84'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <iq type='set' id='heuristic-example'><query xmlns='jabber:iq:privacy'><list name='heuristic-example'><item type='subscription' value='none' action='deny' order='437'/></list></query></iq>
    <iq type='set' id='a-heuristic-example'><query xmlns='jabber:iq:privacy'><active name='heuristic-example'/></query></iq>
Romeo receives:
    <iq type='result' id='heuristic-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='heuristic-example'/></query></iq>
    <iq type='result' id='a-heuristic-example' to='{romeo/home}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m85'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m85'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m86'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m86'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m87'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m87'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m88'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m88'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q89'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{juliet/home}' to='{romeo/home}' type='get' id='q89'><query xmlns='jabber:iq:version'/></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q90'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{mercutio/home}' to='{romeo/home}' type='get' id='q90'><query xmlns='jabber:iq:version'/></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q91'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{benvolio/home}' to='{romeo/home}' type='get' id='q91'><query xmlns='jabber:iq:version'/></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q92'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q92'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='o93'><body>hark</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='o93'><body>hark</body></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='o94'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='o94'><body>hark</body></message>
Romeo sends:
    <message to='{benvolio}' type='chat' id='o95'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo/home}' to='{benvolio}' type='chat' id='o95'><body>hark</body></message>
Romeo sends:
    <message to='{tybalt}' type='chat' id='o96'><body>hark</body></message>
Romeo receives:
    <message from='{tybalt}' to='{romeo/home}' type='error' id='o96'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
# subscriptions too
Tybalt sends:
    <presence to='{romeo}' type='subscribe'/>
    <message to='{romeo}' type='chat' id='s1'><body>I come</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='s1'><body>I come</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <presence to='{tybalt}' type='subscribe' id='s2'/>
Romeo receives:
    <presence from='{tybalt}' to='{romeo/home}' type='error' id='s2'><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
# globally: he goes offline for all who see him, and they do for him; only the server and himself are left
Romeo sends:
    <iq type='set' id='all-global-example'><query xmlns='jabber:iq:privacy'><list name='all-global-example'><item action='deny' order='7'/></list></query></iq>
    <iq type='set' id='a-g'><query xmlns='jabber:iq:privacy'><active name='all-global-example'/></query></iq>
Romeo receives in any order:
    <iq type='result' id='all-global-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='all-global-example'/></query></iq>
    <iq type='result' id='a-g' to='{romeo/home}'/>
    <presence from='{juliet}' to='{romeo/home}' type='unavailable'/>
    <presence from='{benvolio}' to='{romeo/home}' type='unavailable'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' type='unavailable'/>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}' type='unavailable'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m97'><body>hark</body></message>
Juliet receives:
    <message from='{romeo}' to='{juliet/home}' type='error' id='m97'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m98'><body>hark</body></message>
Mercutio receives:
    <message from='{romeo}' to='{mercutio/home}' type='error' id='m98'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m99'><body>hark</body></message>
Benvolio receives:
    <message from='{romeo}' to='{benvolio/home}' type='error' id='m99'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m100'><body>hark</body></message>
Tybalt receives:
    <message from='{romeo}' to='{tybalt/home}' type='error' id='m100'><body>hark</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Juliet sends:
    <iq to='{romeo/home}' type='get' id='q101'><query xmlns='jabber:iq:version'/></iq>
Juliet receives:
    <iq from='{romeo/home}' to='{juliet/home}' type='error' id='q101'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Mercutio sends:
    <iq to='{romeo/home}' type='get' id='q102'><query xmlns='jabber:iq:version'/></iq>
Mercutio receives:
    <iq from='{romeo/home}' to='{mercutio/home}' type='error' id='q102'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Benvolio sends:
    <iq to='{romeo/home}' type='get' id='q103'><query xmlns='jabber:iq:version'/></iq>
Benvolio receives:
    <iq from='{romeo/home}' to='{benvolio/home}' type='error' id='q103'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Tybalt sends:
    <iq to='{romeo/home}' type='get' id='q104'><query xmlns='jabber:iq:version'/></iq>
Tybalt receives:
    <iq from='{romeo/home}' to='{tybalt/home}' type='error' id='q104'><query xmlns='jabber:iq:version'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <message to='{juliet}' type='chat' id='o105'><body>hark</body></message>
Romeo receives:
    <message from='{juliet}' to='{romeo/home}' type='error' id='o105'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='o106'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio}' to='{romeo/home}' type='error' id='o106'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{benvolio}' type='chat' id='o107'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio}' to='{romeo/home}' type='error' id='o107'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{tybalt}' type='chat' id='o108'><body>hark</body></message>
Romeo receives:
    <message from='{tybalt}' to='{romeo/home}' type='error' id='o108'><body>hark</body><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
Romeo sends:
    <message to='{romeo}' type='chat' id='self'><body>o, I am fortune's fool</body></message>
    <iq to='{host}' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
    <iq type='set' id='decline'><query xmlns='jabber:iq:privacy'><active/></query></iq>
Romeo receives in any order:
    <message from='{romeo/home}' to='{romeo}' type='chat' id='self'><body>o, I am fortune's fool</body></message>
    <iq from='{host}' to='{romeo/home}' type='result' id='p1'/>
    <iq type='result' id='decline' to='{romeo/home}'/>
    <presence from='{juliet/home}' to='{romeo/home}'/>
    <presence from='{benvolio/home}' to='{romeo/home}'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'/>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}'/>
Juliet sends:
    <message to='{romeo}' type='chat' id='m109'><body>hark</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='m109'><body>hark</body></message>
Mercutio sends:
    <message to='{romeo}' type='chat' id='m110'><body>hark</body></message>
Romeo receives:
    <message from='{mercutio/home}' to='{romeo}' type='chat' id='m110'><body>hark</body></message>
Benvolio sends:
    <message to='{romeo}' type='chat' id='m111'><body>hark</body></message>
Romeo receives:
    <message from='{benvolio/home}' to='{romeo}' type='chat' id='m111'><body>hark</body></message>
Tybalt sends:
    <message to='{romeo}' type='chat' id='m112'><body>hark</body></message>
Romeo receives:
    <message from='{tybalt/home}' to='{romeo}' type='chat' id='m112'><body>hark</body></message>
