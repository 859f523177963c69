# A stranger's probe tells nothing, whether the account exists or not.

Juliet is online
Romeo is online
Romeo sends:
    <presence to='{juliet}' type='probe'/>
    <presence to='nobody@{host}' type='probe'/>
Romeo receives nothing
Juliet receives nothing
