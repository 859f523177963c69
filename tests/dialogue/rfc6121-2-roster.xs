# RFC 6121 section 2: get, add, update, remove, with pushes to interested resources only.

Juliet connects
Juliet/phone connects
Juliet sends:
    <iq type='get' id='roster_1'><query xmlns='jabber:iq:roster'/></iq>
Juliet receives:
    <iq to='{juliet/home}' type='result' id='roster_1'><query xmlns='jabber:iq:roster'/></iq>
Juliet sends:
    <iq type='set' id='roster_2'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='Nurse'><group>Servants</group></item></query></iq>
Juliet receives in any order:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>
    <iq to='{juliet/home}' type='result' id='roster_2'/>
Juliet/phone receives nothing
Juliet/phone sends:
    <iq type='get' id='roster_3'><query xmlns='jabber:iq:roster' ver=''/></iq>
Juliet/phone receives:
    <iq to='{juliet/phone}' type='result' id='roster_3'><query xmlns='jabber:iq:roster' ver='{*v1}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>
# 2.6.3: nothing has changed
Juliet/phone sends:
    <iq type='get' id='roster_4'><query xmlns='jabber:iq:roster' ver='{v1}'/></iq>
Juliet/phone receives:
    <iq to='{juliet/phone}' type='result' id='roster_4'/>
# 2.5: removal
Juliet sends:
    <iq type='set' id='roster_5'><query xmlns='jabber:iq:roster'><item jid='nurse@example.com' subscription='remove'/></query></iq>
Juliet receives in any order:
    <iq to='{juliet/home}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' subscription='remove'/></query></iq>
    <iq to='{juliet/home}' type='result' id='roster_5'/>
Juliet/phone receives:
    <iq to='{juliet/phone}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' subscription='remove'/></query></iq>
# 2.6.3: what came since, as pushes
Juliet/phone sends:
    <iq type='get' id='roster_6'><query xmlns='jabber:iq:roster' ver='{v1}'/></iq>
Juliet/phone receives:
    <iq to='{juliet/phone}' type='result' id='roster_6'/>
    <iq to='{juliet/phone}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' subscription='remove'/></query></iq>
