# XEP-0202: the time of the server.

Romeo connects
Romeo sends:
    <iq to='{host}' type='get' id='time_1'><time xmlns='urn:xmpp:time'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='result' id='time_1'><time xmlns='urn:xmpp:time'><tzo>{*}</tzo><utc>{*}</utc></time></iq>
