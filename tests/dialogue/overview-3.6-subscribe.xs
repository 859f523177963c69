# Overview 3.6: adding a contact in its six steps; then the other way round, so that both see each other.
# The overview leaves out the pushes by which both rosters are kept in step (RFC 6121 3.1).

User is online
User sends:
    <iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>
User receives:
    <iq type='result' id='r' to='{user/home}'><query xmlns='jabber:iq:roster'/></iq>
Contact is online
Contact sends:
    <iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>
Contact receives:
    <iq type='result' id='r' to='{contact/home}'><query xmlns='jabber:iq:roster'/></iq>

# 1
User sends:
    <iq type='set' id='set1'>
    <query xmlns='jabber:iq:roster'>
    <item jid='{contact}' name='MyContact'>
    <group>MyBuddies</group>
    </item>
    </query>
    </iq>
# 2
User receives in any order:
    <iq type='set' id='{*}' to='{user/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{contact}' name='MyContact' subscription='none'><group>MyBuddies</group></item></query></iq>
    <iq type='result' id='set1' to='{user/home}'/>
# 3
User sends:
    <presence to='{contact}' type='subscribe'/>
User receives:
    <iq type='set' id='{*}' to='{user/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{contact}' name='MyContact' subscription='none' ask='subscribe'><group>MyBuddies</group></item></query></iq>
# 4
Contact receives:
    <presence from='{user}' to='{contact}' type='subscribe'/>
# 5
Contact sends:
    <iq type='set' id='set2'>
    <query xmlns='jabber:iq:roster'>
    <item jid='{user}' name='SomeUser'>
    <group>SomeGroup</group>
    </item>
    </query>
    </iq>
    <presence to='{user}' type='subscribed'/>
Contact receives in any order:
    <iq type='set' id='{*}' to='{contact/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{user}' name='SomeUser' subscription='none'><group>SomeGroup</group></item></query></iq>
    <iq type='result' id='set2' to='{contact/home}'/>
Contact receives:
    <iq type='set' id='{*}' to='{contact/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{user}' name='SomeUser' subscription='from'><group>SomeGroup</group></item></query></iq>
# 6
User receives:
    <presence from='{contact}' to='{user}' type='subscribed'/>
User receives in any order:
    <iq type='set' id='{*}' to='{user/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{contact}' name='MyContact' subscription='to'><group>MyBuddies</group></item></query></iq>
    <presence from='{contact/home}' to='{user}'/>

# and the other way: "the states of those who are watched come along, and vice versa"
Contact sends:
    <presence to='{user}' type='subscribe'/>
Contact receives:
    <iq type='set' id='{*}' to='{contact/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{user}' name='SomeUser' subscription='from' ask='subscribe'><group>SomeGroup</group></item></query></iq>
User receives:
    <presence from='{contact}' to='{user}' type='subscribe'/>
User sends:
    <presence to='{contact}' type='subscribed'/>
User receives:
    <iq type='set' id='{*}' to='{user/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{contact}' name='MyContact' subscription='both'><group>MyBuddies</group></item></query></iq>
Contact receives:
    <presence from='{user}' to='{contact}' type='subscribed'/>
Contact receives in any order:
    <iq type='set' id='{*}' to='{contact/home}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{user}' name='SomeUser' subscription='both'><group>SomeGroup</group></item></query></iq>
    <presence from='{user/home}' to='{contact}'/>
User sends:
    <presence><show>away</show></presence>
Contact receives:
    <presence from='{user/home}' to='{contact}'><show>away</show></presence>
