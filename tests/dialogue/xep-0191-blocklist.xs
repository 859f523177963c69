# XEP-0191 3.1 to 3.5: every example of the document: the list, block, unblock, unblock all, and the pushes to those who asked.

Juliet/chamber connects
Juliet/balcony connects
Juliet/cellar connects

# 3.1: support
Juliet/chamber sends:
    <iq to='{host}' type='get' id='disco1'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
Juliet/chamber receives:
    <iq from='{host}' to='{juliet/chamber}' type='result' id='disco1'><query xmlns='http://jabber.org/protocol/disco#info'><any/><feature var='urn:xmpp:blocking'/><more/></query></iq>

# 3.2: an empty list; chamber and balcony ask, cellar does not
Juliet/chamber sends:
    <iq type='get' id='blocklist1'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet/chamber receives:
    <iq type='result' id='blocklist1' to='{juliet/chamber}'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet/balcony sends:
    <iq type='get' id='blocklist1' to='{juliet}'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet/balcony receives:
    <iq from='{juliet}' type='result' id='blocklist1' to='{juliet/balcony}'><blocklist xmlns='urn:xmpp:blocking'/></iq>

# 3.3: block; the result first, then the pushes
Juliet/chamber sends:
    <iq from='{juliet/chamber}' type='set' id='block1'><block xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/></block></iq>
Juliet/chamber receives:
    <iq type='result' id='block1' to='{juliet/chamber}'/>
    <iq to='{juliet/chamber}' type='set' id='{*push1}'><block xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/></block></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*push2}'><block xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/></block></iq>
Juliet/chamber sends:
    <iq type='result' id='{push1}'/>
Juliet/balcony sends:
    <iq type='result' id='{push2}'/>
Juliet/cellar receives nothing

# several at once, one of them in a form that has to be prepared
Juliet/cellar sends:
    <iq type='set' id='block2'><block xmlns='urn:xmpp:blocking'><item jid='Iago@Shakespeare.lit'/><item jid='romeo@montague.net'/><item jid='tybalt@capulet.example/pda'/></block></iq>
Juliet/cellar receives:
    <iq type='result' id='block2' to='{juliet/cellar}'/>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='iago@shakespeare.lit'/><item jid='romeo@montague.net'/><item jid='tybalt@capulet.example/pda'/></block></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*}'><block xmlns='urn:xmpp:blocking'><item jid='iago@shakespeare.lit'/><item jid='romeo@montague.net'/><item jid='tybalt@capulet.example/pda'/></block></iq>
Juliet/chamber sends:
    <iq type='get' id='blocklist2'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet/chamber receives:
    <iq type='result' id='blocklist2' to='{juliet/chamber}'><blocklist xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/><item jid='iago@shakespeare.lit'/><item jid='tybalt@capulet.example/pda'/></blocklist></iq>

# 3.4: unblock
Juliet/chamber sends:
    <iq type='set' id='unblock1'><unblock xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/></unblock></iq>
Juliet/chamber receives:
    <iq type='result' id='unblock1' to='{juliet/chamber}'/>
    <iq to='{juliet/chamber}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/></unblock></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/></unblock></iq>
# one that is not blocked: nothing is wrong with that
Juliet/cellar sends:
    <iq type='set' id='unblock3'><unblock xmlns='urn:xmpp:blocking'><item jid='nobody@montague.net'/></unblock></iq>
Juliet/cellar receives:
    <iq type='result' id='unblock3' to='{juliet/cellar}'/>
Juliet/chamber receives:
    <iq to='{juliet/chamber}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'><item jid='nobody@montague.net'/></unblock></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'><item jid='nobody@montague.net'/></unblock></iq>
Juliet/balcony sends:
    <iq type='get' id='blocklist3'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet/balcony receives:
    <iq type='result' id='blocklist3' to='{juliet/balcony}'><blocklist xmlns='urn:xmpp:blocking'><item jid='iago@shakespeare.lit'/><item jid='tybalt@capulet.example/pda'/></blocklist></iq>

# 3.5: unblock all
Juliet/chamber sends:
    <iq type='set' id='unblock2'><unblock xmlns='urn:xmpp:blocking'/></iq>
Juliet/chamber receives:
    <iq type='result' id='unblock2' to='{juliet/chamber}'/>
    <iq to='{juliet/chamber}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'/></iq>
Juliet/balcony receives:
    <iq to='{juliet/balcony}' type='set' id='{*}'><unblock xmlns='urn:xmpp:blocking'/></iq>
Juliet/chamber sends:
    <iq type='get' id='blocklist4'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet/chamber receives:
    <iq type='result' id='blocklist4' to='{juliet/chamber}'><blocklist xmlns='urn:xmpp:blocking'/></iq>
Juliet/cellar receives nothing
