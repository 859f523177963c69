# XEP-0016 2.1: lists and requests that are wrong are refused as they say, and change nothing.

Romeo connects
Romeo sends:
    <iq type='set' id='no-order'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny'/></list></query></iq>
Romeo receives:
    <iq type='error' id='no-order' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# order is an unsignedInt
Romeo sends:
    <iq type='set' id='order-1'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny' order='-1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='order-1' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='order-x'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny' order='x'/></list></query></iq>
Romeo receives:
    <iq type='error' id='order-x' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='order-big'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny' order='4294967296'/></list></query></iq>
Romeo receives:
    <iq type='error' id='order-big' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# two items of the same order
Romeo sends:
    <iq type='set' id='same'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny' order='5'/><item type='jid' value='a@example.org' action='allow' order='5'/></list></query></iq>
Romeo receives:
    <iq type='error' id='same' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='same0'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny' order='05'/><item type='jid' value='a@example.org' action='allow' order='5'/></list></query></iq>
Romeo receives:
    <iq type='error' id='same0' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='no-action'><query xmlns='jabber:iq:privacy'><list name='l'><item order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='no-action' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='action'><query xmlns='jabber:iq:privacy'><list name='l'><item action='forbid' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='action' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='type'><query xmlns='jabber:iq:privacy'><list name='l'><item type='domain' value='example.org' action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='type' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='no-value'><query xmlns='jabber:iq:privacy'><list name='l'><item type='jid' action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='no-value' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a value of no type would deny everybody
Romeo sends:
    <iq type='set' id='no-type'><query xmlns='jabber:iq:privacy'><list name='l'><item value='a@example.org' action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='no-type' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='jid'><query xmlns='jabber:iq:privacy'><list name='l'><item type='jid' value='@' action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='jid' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='sub'><query xmlns='jabber:iq:privacy'><list name='l'><item type='subscription' value='remove' action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='sub' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a group that is not in the roster
Romeo sends:
    <iq type='set' id='group'><query xmlns='jabber:iq:privacy'><list name='l'><item type='group' value='Enemies' action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='group' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# denying more than was meant is no answer to what is not understood
Romeo sends:
    <iq type='set' id='child'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny' order='1'><presence/></item></list></query></iq>
Romeo receives:
    <iq type='error' id='child' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='foreign'><query xmlns='jabber:iq:privacy'><list name='l'><item action='deny' order='1'/><other xmlns='urn:example:x'/></list></query></iq>
Romeo receives:
    <iq type='error' id='foreign' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'><any/><any/></list></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a set has one child, and one only
Romeo sends:
    <iq type='set' id='q1'><query xmlns='jabber:iq:privacy'/></iq>
Romeo receives:
    <iq type='error' id='q1' to='{romeo/home}'><query xmlns='jabber:iq:privacy'/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='q2'><query xmlns='jabber:iq:privacy'><active/><default/></query></iq>
Romeo receives:
    <iq type='error' id='q2' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><any/><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='q3'><query xmlns='jabber:iq:privacy'><something/></query></iq>
Romeo receives:
    <iq type='error' id='q3' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='q4'><query xmlns='jabber:iq:privacy'><list><item action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='q4' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='q5'><query xmlns='jabber:iq:privacy'><list name=''><item action='deny' order='1'/></list></query></iq>
Romeo receives:
    <iq type='error' id='q5' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='set' id='q6'><query xmlns='jabber:iq:privacy'><active name='l'><item/></active></query></iq>
Romeo receives:
    <iq type='error' id='q6' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='get' id='q7'><query xmlns='jabber:iq:privacy'><list/></query></iq>
Romeo receives:
    <iq type='error' id='q7' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='get' id='q8'><query xmlns='jabber:iq:privacy'><active/></query></iq>
Romeo receives:
    <iq type='error' id='q8' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq type='get' id='names'><query xmlns='jabber:iq:privacy'/></iq>
Romeo receives:
    <iq type='result' id='names' to='{romeo/home}'><query xmlns='jabber:iq:privacy'/></iq>
# the greatest order, and a group of the roster, are fine; so is that group when it has left the roster
Romeo sends:
    <iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.com'><group>Enemies</group></item></query></iq>
Romeo receives:
    <iq type='result' id='r1' to='{romeo/home}'/>
Romeo sends:
    <iq type='set' id='g1'><query xmlns='jabber:iq:privacy'><list name='l'><item type='group' value='Enemies' action='deny' order='4294967295'/></list></query></iq>
Romeo receives:
    <iq type='result' id='g1' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'/></query></iq>
Romeo sends:
    <iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.com' subscription='remove'/></query></iq>
    <iq type='set' id='g2'><query xmlns='jabber:iq:privacy'><list name='l'><item type='group' value='Enemies' action='deny' order='0'/></list></query></iq>
Romeo receives:
    <iq type='result' id='r2' to='{romeo/home}'/>
    <iq type='result' id='g2' to='{romeo/home}'/>
    <iq type='set' id='{*}' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'/></query></iq>
# nobody else may look or set
Juliet connects
Juliet sends:
    <iq type='get' id='f1' to='{romeo}'><query xmlns='jabber:iq:privacy'/></iq>
    <iq type='set' id='f2' to='{romeo}'><query xmlns='jabber:iq:privacy'><default/></query></iq>
    <iq type='set' id='f3' to='{romeo/home}'><query xmlns='jabber:iq:privacy'><list name='l'/></query></iq>
Juliet receives:
    <iq type='error' id='f1' from='{romeo}' to='{juliet/home}'><query xmlns='jabber:iq:privacy'/><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' id='f2' from='{romeo}' to='{juliet/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' id='f3' from='{romeo/home}' to='{juliet/home}'><query xmlns='jabber:iq:privacy'><any/></query><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo receives nothing
