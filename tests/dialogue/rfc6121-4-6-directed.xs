# RFC 6121 4.6: directed presence to whom no subscription shows it, and who is owed an unavailable for it.

Juliet is online
Nurse is online
Romeo connects
# before initial presence: it is seen, and the end of it too, although he never was available (4.6.3)
Romeo sends:
    <presence to='{juliet}' id='d1'><show>dnd</show></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' id='d1'><show>dnd</show></presence>
Romeo disconnects
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}' type='unavailable'/>
# taken back by directed unavailable: nothing more is owed
Romeo is online
Romeo sends:
    <presence to='{juliet/home}'/>
    <presence to='{juliet/home}' type='unavailable'><status>not for you</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet/home}'/>
    <presence from='{romeo/home}' to='{juliet/home}' type='unavailable'><status>not for you</status></presence>
# to several, one of whom says that she goes: she is owed nothing any more
Romeo sends:
    <presence to='{juliet/home}'/>
    <presence to='{nurse/home}'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet/home}'/>
Nurse receives:
    <presence from='{romeo/home}' to='{nurse/home}'/>
Nurse sends:
    <presence to='{romeo}' type='unavailable'/>
Romeo receives:
    <presence from='{nurse/home}' to='{romeo}' type='unavailable'/>
# his unavailable broadcast is for them too, with its text; Romeo stays connected
Romeo sends:
    <presence type='unavailable'><status>banished</status></presence>
Romeo receives:
    <presence from='{romeo/home}' to='{romeo/home}' type='unavailable'><status>banished</status></presence>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet/home}' type='unavailable'><status>banished</status></presence>
Nurse receives nothing
# and the list is empty now
Romeo disconnects
Juliet receives nothing
Nurse receives nothing
