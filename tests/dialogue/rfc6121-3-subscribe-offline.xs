# RFC 6121 3.1.3: a request waits until it is answered, and comes again at each login.

Juliet connects
Juliet disconnects
Romeo is online
Romeo sends:
    <presence to='{juliet}' type='subscribe'/>
Romeo receives nothing
Juliet connects
Juliet sends:
    <presence/>
Juliet receives in any order:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet disconnects
Juliet connects
Juliet sends:
    <presence/>
Juliet receives in any order:
    <presence from='{juliet/home}' to='{juliet/home}'/>
    <presence from='{romeo}' to='{juliet}' type='subscribe'/>
Juliet sends:
    <presence to='{romeo}' type='subscribed'/>
Romeo receives in any order:
    <presence from='{juliet}' to='{romeo}' type='subscribed'/>
    <presence from='{juliet/home}' to='{romeo}'/>
Juliet disconnects
Romeo receives:
    <presence from='{juliet/home}' to='{romeo}' type='unavailable'/>
Juliet connects
Juliet sends:
    <presence/>
Juliet receives:
    <presence from='{juliet/home}' to='{juliet/home}'/>
Juliet receives nothing
