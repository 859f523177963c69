# Overview 3.5.1, 3.5.2: get the roster, add, update, remove a contact, and all resources stay in step.
# What a client says of `subscription` counts only for "remove" (RFC 6121 2.1.2.5): in the update it is what it is already.

Juliet/balcony is online
Romeo is online
Mercutio is online
Benvolio is online

# how the roster of the example came about: Romeo and Benvolio both, Mercutio from
Juliet/balcony sends:
    <iq type='set' id='a1'><query xmlns='jabber:iq:roster'><item jid='{romeo}' name='Romeo'><group>Friends</group></item></query></iq>
    <iq type='set' id='a2'><query xmlns='jabber:iq:roster'><item jid='{mercutio}' name='Mercutio'><group>Friends</group></item></query></iq>
    <iq type='set' id='a3'><query xmlns='jabber:iq:roster'><item jid='{benvolio}' name='Benvolio'><group>Friends</group></item></query></iq>
    <presence to='{romeo}' type='subscribe'/>
    <presence to='{benvolio}' type='subscribe'/>
Juliet/balcony receives:
    <iq type='result' id='a1' to='{juliet/balcony}'/>
    <iq type='result' id='a2' to='{juliet/balcony}'/>
    <iq type='result' id='a3' to='{juliet/balcony}'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribe'/>
Romeo sends:
    <presence to='{juliet}' type='subscribed'/>
    <presence to='{juliet}' type='subscribe'/>
Juliet/balcony receives:
    <presence from='{romeo}' to='{juliet}' type='subscribed'/>
    <presence from='{romeo/home}' to='{juliet}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Benvolio receives:
    <presence from='{juliet}' to='{benvolio}' type='subscribe'/>
Benvolio sends:
    <presence to='{juliet}' type='subscribed'/>
    <presence to='{juliet}' type='subscribe'/>
Juliet/balcony receives:
    <presence from='{benvolio}' to='{juliet}' type='subscribed'/>
    <presence from='{benvolio/home}' to='{juliet}'/>
    <presence from='{benvolio}' to='{juliet}' type='subscribe'/>
Mercutio sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet/balcony receives:
    <presence from='{mercutio}' to='{juliet}' type='subscribe'/>
Juliet/balcony sends:
    <presence to='{romeo}' type='subscribed'/>
    <presence to='{benvolio}' type='subscribed'/>
    <presence to='{mercutio}' type='subscribed'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/balcony}' to='{romeo}'/>
Benvolio receives:
    <presence from='{juliet}' to='{benvolio}' type='subscribed'/>
    <presence from='{juliet/balcony}' to='{benvolio}'/>
Mercutio receives:
    <presence from='{juliet}' to='{mercutio}' type='subscribed'/>
    <presence from='{juliet/balcony}' to='{mercutio}'/>

# 3.5.1
Juliet/balcony sends:
    <iq from='{juliet/balcony}' type='get' id='roster_1'> <query xmlns='jabber:iq:roster'/> </iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='result' id='roster_1'>
      <query xmlns='jabber:iq:roster'>
        <unordered/>
        <item jid='{romeo}' name='Romeo' subscription='both'>
          <group>Friends</group>
        </item>
        <item jid='{mercutio}' name='Mercutio' subscription='from'>
          <group>Friends</group>
        </item>
        <item jid='{benvolio}' name='Benvolio' subscription='both'>
          <group>Friends</group>
        </item>
      </query>
    </iq>
Juliet/chamber connects
Juliet/chamber sends:
    <iq type='get' id='roster_1'> <query xmlns='jabber:iq:roster'/> </iq>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='result' id='roster_1'><query xmlns='jabber:iq:roster'><any/><any/><any/></query></iq>

# 3.5.2: add; stored first, then every resource is told, and the one that asked is answered
Juliet/balcony sends:
    <iq from='{juliet/balcony}' type='set' id='roster_2'>
    <query xmlns='jabber:iq:roster'>
    <item jid='nurse@example.com' name='Nurse'>
    <group>Servants</group>
    </item>
    </query>
    </iq>
Juliet/balcony receives in any order:
    <iq to='{juliet/balcony}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>
    <iq to='{juliet/balcony}' type='result' id='roster_2'/>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' name='Nurse' subscription='none'><group>Servants</group></item></query></iq>

# update
Juliet/chamber sends:
    <iq from='{juliet/chamber}' type='set' id='roster_3'>
    <query xmlns='jabber:iq:roster'>
    <item jid='{romeo}' name='Romeo' subscription='both'>
    <group>Friends</group>
    <group>Lovers</group>
    </item>
    </query>
    </iq>
Juliet/chamber receives in any order:
    <iq to='{juliet/chamber}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='Romeo' subscription='both'><group>Friends</group><group>Lovers</group></item></query></iq>
    <iq to='{juliet/chamber}' type='result' id='roster_3'/>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='{romeo}' name='Romeo' subscription='both'><group>Friends</group><group>Lovers</group></item></query></iq>

# remove
Juliet/balcony sends:
    <iq from='{juliet/balcony}' type='set' id='roster_4'>
    <query xmlns='jabber:iq:roster'>
    <item jid='nurse@example.com' subscription='remove'/>
    </query>
    </iq>
Juliet/balcony receives in any order:
    <iq to='{juliet/balcony}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' subscription='remove'/></query></iq>
    <iq to='{juliet/balcony}' type='result' id='roster_4'/>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='set' id='{*}'><query xmlns='jabber:iq:roster' ver='{*}'><item jid='nurse@example.com' subscription='remove'/></query></iq>
