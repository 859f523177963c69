# XEP-0016 2.11: outbound presence blocked by JID, group, subscription and globally: they see him go, and are told when he is back.

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
    <presence><status>1</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><status>1</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><status>1</status></presence>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}'><status>1</status></presence>
Romeo sends:
    <iq type='set' id='presout-jid-example'><query xmlns='jabber:iq:privacy'><list name='presout-jid-example'><item type='jid' value='{juliet}' action='deny' order='13'><presence-out/></item></list></query></iq>
    <iq type='set' id='a-presout-jid-example'><query xmlns='jabber:iq:privacy'><active name='presout-jid-example'/></query></iq>
Romeo receives:
    <iq type='result' id='presout-jid-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presout-jid-example'/></query></iq>
    <iq type='result' id='a-presout-jid-example' to='{romeo/home}'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' type='unavailable'/>
Romeo sends:
    <presence><status>2</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><status>2</status></presence>
Romeo sends:
    <message to='{juliet}' type='chat' id='b133'><body>behind it</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='b133'><body>behind it</body></message>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}'><status>2</status></presence>
# nor is a probe answered, nor directed presence taken
Juliet sends:
    <presence to='{romeo}' type='probe'/>
    <message to='{romeo}' type='chat' id='pr'><body>art thou there</body></message>
Romeo receives:
    <message from='{juliet/home}' to='{romeo}' type='chat' id='pr'><body>art thou there</body></message>
Romeo sends:
    <presence to='{juliet/home}' id='d1'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo/home}' type='error' id='d1'><error type='cancel'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
Juliet receives nothing
Romeo sends:
    <iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='{mercutio}'><group>Enemies</group></item></query></iq>
Romeo receives:
    <iq type='result' id='r2' to='{romeo/home}'/>
Romeo sends:
    <iq type='set' id='presout-group-example'><query xmlns='jabber:iq:privacy'><list name='presout-group-example'><item type='group' value='Enemies' action='deny' order='15'><presence-out/></item></list></query></iq>
    <iq type='set' id='a-presout-group-example'><query xmlns='jabber:iq:privacy'><active name='presout-group-example'/></query></iq>
Romeo receives:
    <iq type='result' id='presout-group-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presout-group-example'/></query></iq>
    <iq type='result' id='a-presout-group-example' to='{romeo/home}'/>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}' type='unavailable'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><status>2</status></presence>
Romeo sends:
    <presence><status>3</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><status>3</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><status>3</status></presence>
Romeo sends:
    <message to='{mercutio}' type='chat' id='b134'><body>behind it</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='b134'><body>behind it</body></message>
# 2.2, 9: what applies follows the roster at once
Romeo sends:
    <iq type='set' id='r3'><query xmlns='jabber:iq:roster'><item jid='{mercutio}'/></query></iq>
Romeo receives:
    <iq type='result' id='r3' to='{romeo/home}'/>
Romeo sends:
    <presence><status>4</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><status>4</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><status>4</status></presence>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}'><status>4</status></presence>
Romeo sends:
    <iq type='set' id='presout-sub-example'><query xmlns='jabber:iq:privacy'><list name='presout-sub-example'><item type='subscription' value='from' action='deny' order='17'><presence-out/></item></list></query></iq>
    <iq type='set' id='a-presout-sub-example'><query xmlns='jabber:iq:privacy'><active name='presout-sub-example'/></query></iq>
Romeo receives:
    <iq type='result' id='presout-sub-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presout-sub-example'/></query></iq>
    <iq type='result' id='a-presout-sub-example' to='{romeo/home}'/>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}' type='unavailable'/>
Romeo sends:
    <presence><status>5</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><status>5</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><status>5</status></presence>
Romeo sends:
    <message to='{mercutio}' type='chat' id='b135'><body>behind it</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='b135'><body>behind it</body></message>
Romeo sends:
    <iq type='set' id='presout-global-example'><query xmlns='jabber:iq:privacy'><list name='presout-global-example'><item action='deny' order='23'><presence-out/></item></list></query></iq>
    <iq type='set' id='a-presout-global-example'><query xmlns='jabber:iq:privacy'><active name='presout-global-example'/></query></iq>
Romeo receives:
    <iq type='result' id='presout-global-example' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='presout-global-example'/></query></iq>
    <iq type='result' id='a-presout-global-example' to='{romeo/home}'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' type='unavailable'/>
Romeo sends:
    <presence><status>6</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><status>6</status></presence>
Romeo sends:
    <message to='{juliet}' type='chat' id='b136'><body>behind it</body></message>
Juliet receives:
    <message from='{romeo/home}' to='{juliet}' type='chat' id='b136'><body>behind it</body></message>
Romeo sends:
    <message to='{mercutio}' type='chat' id='b137'><body>behind it</body></message>
Mercutio receives:
    <message from='{romeo/home}' to='{mercutio}' type='chat' id='b137'><body>behind it</body></message>
Romeo sends:
    <iq type='set' id='decline'><query xmlns='jabber:iq:privacy'><active/></query></iq>
Romeo receives:
    <iq type='result' id='decline' to='{romeo/home}'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><status>6</status></presence>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}'><status>6</status></presence>
Romeo sends:
    <presence><status>7</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}'><status>7</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'><status>7</status></presence>
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}'><status>7</status></presence>
# his end is told to those who saw him only
Romeo sends:
    <iq type='set' id='presout-jid-example'><query xmlns='jabber:iq:privacy'><list name='presout-jid-example'><item type='jid' value='{juliet}' action='deny' order='13'><presence-out/></item></list></query></iq>
    <iq type='set' id='a-presout-jid-example'><query xmlns='jabber:iq:privacy'><active name='presout-jid-example'/></query></iq>
Romeo receives:
    <iq type='result' id='presout-jid-example' to='{romeo/home}'/>
    <iq type='result' id='a-presout-jid-example' to='{romeo/home}'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' type='unavailable'/>
Romeo disconnects
Mercutio receives:
    <presence from='{romeo/home}' to='{mercutio}' type='unavailable'/>
Juliet receives nothing
