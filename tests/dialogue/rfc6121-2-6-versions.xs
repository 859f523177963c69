# RFC 6121 2.6, XEP-0237: roster versions.

Juliet connects
# 2.6.2: a client that has nothing yet says so, and gets the version with the roster
Juliet sends:
    <iq type='get' id='r1'><query xmlns='jabber:iq:roster' ver=''/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r1'><query xmlns='jabber:iq:roster' ver='{*v0}'/></iq>
Juliet sends:
    <iq type='get' id='r2'><query xmlns='jabber:iq:roster' ver='{v0}'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r2'/>
Juliet sends:
    <iq type='set' id='r3'><query xmlns='jabber:iq:roster'><item jid='bill@example.com'/></query></iq>
    <iq type='set' id='r4'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='Nurse'><group>Servants</group></item></query></iq>
    <iq type='set' id='r5'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.com'/></query></iq>
Juliet receives:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*v1}'><item jid='bill@example.com' subscription='none'/></query></iq>
    <iq to='{juliet/home}' type='result' id='r3'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*v2}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>
    <iq to='{juliet/home}' type='result' id='r4'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*v3}'><item jid='tybalt@example.com' subscription='none'/></query></iq>
    <iq to='{juliet/home}' type='result' id='r5'/>
Juliet disconnects
# while she is away, another of her clients goes on: of what changed twice only the last counts
Juliet/phone connects
Juliet/phone sends:
    <iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='tybalt@example.com' subscription='remove'/></query></iq>
    <iq type='set' id='p2'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='Angelica'/></query></iq>
    <iq type='set' id='p3'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='My nurse'/></query></iq>
Juliet/phone receives:
    <iq to='{juliet/phone}' type='result' id='p1'/>
    <iq to='{juliet/phone}' type='result' id='p2'/>
    <iq to='{juliet/phone}' type='result' id='p3'/>
Juliet connects
# 2.6.3: an empty result, then what changed, in order, each with its version
Juliet sends:
    <iq type='get' id='r6'><query xmlns='jabber:iq:roster' ver='{v2}'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r6'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*v4}'><item jid='tybalt@example.com' subscription='remove'/></query></iq>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*v5}'><item jid='nurse@example.com' name='My nurse' subscription='none'/></query></iq>
Juliet receives nothing
# a client that lost its stream in the middle goes on from the last push
Juliet sends:
    <iq type='get' id='r7'><query xmlns='jabber:iq:roster' ver='{v4}'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r7'/>
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{v5}'><item jid='nurse@example.com' name='My nurse' subscription='none'/></query></iq>
Juliet sends:
    <iq type='get' id='r8'><query xmlns='jabber:iq:roster' ver='{v5}'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r8'/>
Juliet receives nothing
# versions that are none of ours, and one that is yet to come: all of it, with the version that it has
Juliet sends:
    <iq type='get' id='r9'><query xmlns='jabber:iq:roster' ver='ver14'/></iq>
    <iq type='get' id='r10'><query xmlns='jabber:iq:roster' ver='-1'/></iq>
    <iq type='get' id='r11'><query xmlns='jabber:iq:roster' ver='{v5}0'/></iq>
    <iq type='get' id='r12'><query xmlns='jabber:iq:roster' ver='99999999999999999999999'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r9'><query xmlns='jabber:iq:roster' ver='{v5}'><any/><any/></query></iq>
    <iq to='{juliet/home}' type='result' id='r10'><query xmlns='jabber:iq:roster' ver='{v5}'><any/><any/></query></iq>
    <iq to='{juliet/home}' type='result' id='r11'><query xmlns='jabber:iq:roster' ver='{v5}'><any/><any/></query></iq>
    <iq to='{juliet/home}' type='result' id='r12'><query xmlns='jabber:iq:roster' ver='{v5}'><any/><any/></query></iq>
# who knows nothing of versions is not bothered with them
Juliet sends:
    <iq type='get' id='r13'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='r13'><query xmlns='jabber:iq:roster'><any/><any/></query></iq>
