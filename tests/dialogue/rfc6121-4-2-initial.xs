# RFC 6121 4.2, 4.3: initial presence goes to contacts that are subscribed and to the user's own resources; the user gets
# what contacts show. Who has only asked, or is only seen, gets nothing.

Romeo is online
Juliet is online
Nurse is online
# Romeo sees Juliet; Juliet sees the nurse
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
    <presence to='{nurse}' type='subscribe'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Nurse receives:
    <presence from='{juliet}' to='{nurse}' type='subscribe'/>
Nurse sends:
    <presence to='{juliet}' type='subscribed'/>
Juliet receives:
    <presence from='{nurse}' to='{juliet}' type='subscribed'/>
    <presence from='{nurse/home}' to='{juliet}'/>
Nurse sends:
    <presence><show>dnd</show><status>Madam!</status><priority>3</priority></presence>
Nurse receives:
    <presence from='{nurse/home}' to='{nurse/home}'><show>dnd</show><status>Madam!</status><priority>3</priority></presence>
Juliet receives:
    <presence from='{nurse/home}' to='{juliet}'><show>dnd</show><status>Madam!</status><priority>3</priority></presence>
# a second resource: everybody who may sees it, and it sees all that it may
Juliet/phone connects
Juliet/phone sends:
    <presence xml:lang='en'><show>chat</show><status>Good even</status><status xml:lang='cs'>Dobry vecer</status><priority>-7</priority><x xmlns='urn:x'>more</x></presence>
Juliet/phone receives in any order:
    <presence from='{juliet/phone}' to='{juliet/phone}'><show>chat</show><status>Good even</status><status xml:lang='cs'>Dobry vecer</status><priority>-7</priority><x xmlns='urn:x'>more</x></presence>
    <presence from='{juliet/home}' to='{juliet/phone}'/>
    <presence from='{nurse/home}' to='{juliet/phone}'><show>dnd</show><status>Madam!</status><priority>3</priority></presence>
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}'><show>chat</show><status>Good even</status><status xml:lang='cs'>Dobry vecer</status><priority>-7</priority><x xmlns='urn:x'>more</x></presence>
Romeo receives:
    <presence from='{juliet/phone}' to='{romeo}'><show>chat</show><status>Good even</status><status xml:lang='cs'>Dobry vecer</status><priority>-7</priority><x xmlns='urn:x'>more</x></presence>
Nurse receives nothing
# 4.4: later presence goes the same way, and asks nobody
Juliet/phone sends:
    <presence><show>xa</show></presence>
Juliet/phone receives:
    <presence from='{juliet/phone}' to='{juliet/phone}'><show>xa</show></presence>
Juliet/phone receives nothing
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}'><show>xa</show></presence>
Romeo receives:
    <presence from='{juliet/phone}' to='{romeo}'><show>xa</show></presence>
# a resource that is only connected sees nothing of all this
Juliet/cellar connects
Romeo sends:
    <presence to='{juliet}'/>
Juliet receives:
    <presence from='{romeo/home}' to='{juliet}'/>
Juliet/phone receives:
    <presence from='{romeo/home}' to='{juliet}'/>
Juliet/cellar receives nothing
Nurse receives nothing
