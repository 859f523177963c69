# XEP-0092: the software of the server.

Romeo connects
Romeo sends:
    <iq to='{host}' type='get' id='version_1'><query xmlns='jabber:iq:version'/></iq>
Romeo receives:
    <iq from='{host}' to='{romeo/home}' type='result' id='version_1'><query xmlns='jabber:iq:version'><name>Carillon</name><version>{*}</version></query></iq>
