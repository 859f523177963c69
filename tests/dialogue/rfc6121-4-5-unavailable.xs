# RFC 6121 4.5: unavailable, with its reason, to everybody who saw the resource, itself too; and when the client just goes.

Romeo is online
Juliet is online
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Juliet receives:
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet/phone is online
Juliet receives:
    <presence from='{juliet/phone}' to='{juliet/home}'/>
Romeo receives:
    <presence from='{juliet/phone}' to='{romeo}'/>
Juliet/phone receives:
    <presence from='{juliet/home}' to='{juliet/phone}'/>
# 4.5.2: with its text, to the resource that says it as well
Juliet sends:
    <presence type='unavailable'><status>going on vacation</status></presence>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}' type='unavailable'><status>going on vacation</status></presence>
Juliet/phone receives:
    <presence from='{juliet/home}' to='{juliet/phone}' type='unavailable'><status>going on vacation</status></presence>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'><status>going on vacation</status></presence>
# said twice, it is told once; and the end of the stream adds nothing
Juliet sends:
    <presence type='unavailable'/>
Juliet receives nothing
Juliet disconnects
Romeo receives nothing
Juliet/phone receives nothing
# it may come back
Juliet connects
Juliet sends:
    <presence/>
Juliet receives in any order:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <presence from='{juliet/phone}' to='{juliet/home}'/>
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet/phone receives:
    <presence from='{juliet/home}' to='{juliet/phone}'/>
# 4.5.2: the server says it for a client that closes its stream, or whose connection breaks
Juliet disconnects
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Juliet/phone receives:
    <presence from='{juliet/home}' to='{juliet/phone}' type='unavailable'/>
Juliet/phone breaks
Romeo receives:
    <presence from='{juliet/phone}' to='{romeo}' type='unavailable'/>
# a resource that was never available goes without a word
Juliet/cellar connects
Juliet/cellar disconnects
Romeo receives nothing
