# RFC 6121 3.1.3: a request is delivered in full, to each available resource, at each login until it is answered, and once.

Juliet/balcony is online
Juliet/chamber is online
Juliet/balcony receives:
    <presence from='{juliet/chamber}' to='{juliet/balcony}'/>
Juliet/cellar connects
Romeo is online
Romeo sends:
    <presence to='{juliet}' type='subscribe' id='s1'><status>Let me be ta'en</status><nick xmlns='http://jabber.org/protocol/nick'>Romeo &amp; co</nick></presence>
Juliet/balcony receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe' id='s1'><status>Let me be ta'en</status><nick xmlns='http://jabber.org/protocol/nick'>Romeo &amp; co</nick></presence>
# chamber came later: the other's presence first
Juliet/chamber receives:
    <presence from='{juliet/balcony}' to='{juliet/chamber}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe' id='s1'><status>Let me be ta'en</status><nick xmlns='http://jabber.org/protocol/nick'>Romeo &amp; co</nick></presence>
# who is not available gets it when it is
Juliet/cellar receives nothing
# asked again, it is not delivered again (A.3.1)
Romeo sends:
    <presence to='{juliet}' type='subscribe' id='s2'/>
Romeo receives nothing
Juliet/balcony receives nothing
Juliet/cellar sends:
    <presence><priority>-1</priority></presence>
Juliet/cellar receives in any order:
    <presence from='{juliet/cellar}' to='{juliet/cellar}'><priority>-1</priority></presence>
    <presence from='{juliet/balcony}' to='{juliet/cellar}'/>
    <presence from='{juliet/chamber}' to='{juliet/cellar}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe' id='s1'><status>Let me be ta'en</status><nick xmlns='http://jabber.org/protocol/nick'>Romeo &amp; co</nick></presence>
# an update of presence is no login
Juliet/cellar sends:
    <presence><priority>-2</priority></presence>
Juliet/cellar receives:
    <presence from='{juliet/cellar}' to='{juliet/cellar}'><priority>-2</priority></presence>
Juliet/cellar receives nothing
# 3.1.4: denied once, it is gone for all, and he is told
Juliet/cellar sends:
    <presence to='{romeo}' type='unsubscribed' id='d1'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='unsubscribed' id='d1'/>
Juliet/attic connects
Juliet/attic sends:
    <presence/>
Juliet/attic receives in any order:
    <presence from='{juliet/attic}' to='{juliet/attic}'/>
    <presence from='{juliet/balcony}' to='{juliet/attic}'/>
    <presence from='{juliet/chamber}' to='{juliet/attic}'/>
    <presence from='{juliet/cellar}' to='{juliet/attic}'><priority>-2</priority></presence>
Juliet/attic receives nothing
