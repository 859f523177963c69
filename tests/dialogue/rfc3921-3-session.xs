# RFC 3921 section 3: old clients ask for a session; it is granted without doing anything.

Romeo connects
Romeo sends:
    <iq to='{host}' type='set' id='sess_1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
Romeo receives:
    <iq from='{host}' type='result' id='sess_1'/>
