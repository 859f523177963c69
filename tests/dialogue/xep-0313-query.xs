# XEP-0313 4, XEP-0059: filters, pages in both directions, flipped, by id; and what is wrong.

Romeo connects
Juliet connects
Romeo sends:
    <message to='{nurse}' type='chat' id='m1'><body>1</body></message>
    <message to='{juliet/home}' type='chat' id='m2'><body>2</body></message>
    <message to='{nurse}' type='chat' id='m3'><body>3</body></message>
    <message to='{juliet}' type='chat' id='m4'><body>4</body></message>
    <message to='{nurse}' type='chat' id='m5'><body>5</body></message>
Nurse connects
Juliet receives:
    <message from='{romeo/home}' to='{juliet/home}' type='chat' id='m2'><any/></message>
Romeo sends:
    <iq type='set' id='q1'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>2</max></set></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{*a1}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{*a2}'><any/></result></message>
Romeo receives:
    <iq type='result' id='q1' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><first index='0'>{a1}</first><last>{a2}</last></set></fin></iq>
Romeo sends:
    <iq type='set' id='q2'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>2</max><after>{a2}</after></set></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{*a3}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{*a4}'><any/></result></message>
    <iq type='result' id='q2' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><any/></fin></iq>

# a client that leaves out <set/> means it all the same
Romeo sends:
    <iq type='set' id='q2a'><query xmlns='urn:xmpp:mam:2'><after>{a4}</after></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{*a5}'><any/></result></message>
    <iq type='result' id='q2a' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>

# the last page (4.3.3), in its order and flipped (4.3.4)
Romeo sends:
    <iq type='set' id='q3'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>2</max><before/></set></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a4}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a5}'><any/></result></message>
Romeo receives:
    <iq type='result' id='q3' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><first>{a4}</first><last>{a5}</last></set></fin></iq>
Romeo sends:
    <iq type='set' id='q4'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>2</max><before>{a3}</before></set><flip-page/></query></iq>
    <iq type='set' id='q5'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>2</max><after>{a3}</after></set><flip-page/></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a2}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a1}'><any/></result></message>
    <iq type='result' id='q4' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><first index='0'>{a1}</first><last>{a2}</last></set></fin></iq>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a5}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a4}'><any/></result></message>
    <iq type='result' id='q5' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>

# with (4.1.1): a bare address stands for all of its resources
Romeo sends:
    <iq type='set' id='q6'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>{juliet}</value></field></x></query></iq>
    <iq type='set' id='q7'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>{juliet/home}</value></field></x></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a2}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a4}'><any/></result></message>
    <iq type='result' id='q6' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a2}'><any/></result></message>
    <iq type='result' id='q7' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>

# by id (4.1.3), by time (4.1.2)
Romeo sends:
    <iq type='set' id='q8'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='after-id'><value>{a1}</value></field><field var='before-id'><value>{a4}</value></field></x></query></iq>
    <iq type='set' id='q9'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='ids'><value>{a5}</value><value>{a1}</value></field></x></query></iq>
    <iq type='set' id='q10'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='end'><value>2010-07-07T13:23:54Z</value></field><field var='include-groupchat'><value>false</value></field></x></query></iq>
    <iq type='set' id='q11'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='start'><value>2010-07-07T13:23:54Z</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>1</max></set></query></iq>
Romeo receives:
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a2}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a3}'><any/></result></message>
    <iq type='result' id='q8' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a1}'><any/></result></message>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a5}'><any/></result></message>
    <iq type='result' id='q9' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><any/></fin></iq>
    <iq type='result' id='q10' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' complete='true' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set></fin></iq>
    <message from='{romeo}' to='{romeo/home}'><result xmlns='urn:xmpp:mam:2' id='{a1}'><any/></result></message>
    <iq type='result' id='q11' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><any/></fin></iq>

# how many there are, whatever has been read of them (XEP-0059 2.7)
Romeo sends:
    <iq type='set' id='c1'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query></iq>
    <iq type='set' id='c2'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>0</max><after>{a2}</after></set></query></iq>
    <iq type='set' id='c3'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='after-id'><value>{a2}</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query></iq>
    <iq type='set' id='c4'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>{juliet}</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query></iq>
Romeo receives:
    <iq type='result' id='c1' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><count>5</count></set></fin></iq>
    <iq type='result' id='c2' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><count>5</count></set></fin></iq>
    <iq type='result' id='c3' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><count>3</count></set></fin></iq>
    <iq type='result' id='c4' to='{romeo/home}'><fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='http://jabber.org/protocol/rsm'><count>2</count></set></fin></iq>

# 4.1.5: the form
Romeo sends:
    <iq type='get' id='form1'><query xmlns='urn:xmpp:mam:2'/></iq>
Romeo receives:
    <iq type='result' id='form1' to='{romeo/home}'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='form'><field type='hidden' var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field><field type='jid-single' var='with'/><field type='text-single' var='start'/><field type='text-single' var='end'/><field type='text-single' var='before-id'/><field type='text-single' var='after-id'/><field type='list-multi' var='ids'><validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:string'><open/></validate></field><field type='boolean' var='include-groupchat'/></x></query></iq>

# what is wrong
Romeo sends:
    <iq type='set' id='e1'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><after>28482-98726-73623</after></set></query></iq>
    <iq type='set' id='e2'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><before>17</before></set></query></iq>
    <iq type='set' id='e3'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='ids'><value>{a1}</value><value>17</value></field></x></query></iq>
    <iq type='set' id='e4'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='{base64 x}'><value>a</value></field></x></query></iq>
    <iq type='set' id='e5'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='start'><value>yesterday</value></field></x></query></iq>
    <iq type='set' id='e6'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><index>3</index></set></query></iq>
    <iq type='set' id='e7'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:example:other</value></field></x></query></iq>
    <iq type='set' id='e8'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='include-groupchat'><value>perhaps</value></field></x></query></iq>
    <iq type='set' id='e9'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='with'><value>{juliet}</value></field><field var='with'><value>{romeo}</value></field></x></query></iq>
    <iq type='set' id='e10'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='with'><value>{juliet}</value></field></x></query></iq>
    <iq type='set' id='e11'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>-1</max></set></query></iq>
Romeo receives in any order:
    <iq type='error' id='e8' to='{romeo/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <iq type='error' id='e9' to='{romeo/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <iq type='error' id='e10' to='{romeo/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <iq type='error' id='e11' to='{romeo/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <iq type='error' id='e1' to='{romeo/home}'><any/><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' id='e2' to='{romeo/home}'><any/><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' id='e3' to='{romeo/home}'><any/><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
    <iq type='error' id='e4' to='{romeo/home}'><any/><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <iq type='error' id='e5' to='{romeo/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <iq type='error' id='e6' to='{romeo/home}'><any/><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
    <iq type='error' id='e7' to='{romeo/home}'><any/><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><any/></error></iq>
Romeo receives nothing
