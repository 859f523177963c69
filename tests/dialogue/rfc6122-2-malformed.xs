# RFC 6122 2, RFC 6120 8.3.3.8: what is no address is answered with jid-malformed, by c2s, at once.

Romeo connects
# an empty localpart
Romeo sends:
    <iq to='@{host}' type='get' id='i0'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='@{host}' to='{romeo/home}' type='error' id='i0'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# an empty domain
Romeo sends:
    <iq to='a@' type='get' id='i1'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@' to='{romeo/home}' type='error' id='i1'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# an empty resource
Romeo sends:
    <iq to='a@b/' type='get' id='i2'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@b/' to='{romeo/home}' type='error' id='i2'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a blank
Romeo sends:
    <iq to='a b@{host}' type='get' id='i3'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a b@{host}' to='{romeo/home}' type='error' id='i3'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a quote
Romeo sends:
    <iq to='a&quot;b@{host}' type='get' id='i4'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a&quot;b@{host}' to='{romeo/home}' type='error' id='i4'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a&amp;b@{host}' type='get' id='i5'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a&amp;b@{host}' to='{romeo/home}' type='error' id='i5'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a:b@{host}' type='get' id='i6'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a:b@{host}' to='{romeo/home}' type='error' id='i6'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='&lt;a&gt;@{host}' type='get' id='i7'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='&lt;a&gt;@{host}' to='{romeo/home}' type='error' id='i7'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# two at signs
Romeo sends:
    <iq to='a@b@{host}' type='get' id='i8'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@b@{host}' to='{romeo/home}' type='error' id='i8'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# an empty label
Romeo sends:
    <iq to='a@b..c' type='get' id='i9'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@b..c' to='{romeo/home}' type='error' id='i9'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a hyphen first
Romeo sends:
    <iq to='a@-b.example' type='get' id='i10'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@-b.example' to='{romeo/home}' type='error' id='i10'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@b_c.example' type='get' id='i11'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@b_c.example' to='{romeo/home}' type='error' id='i11'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# no IPv6 address
Romeo sends:
    <iq to='a@[::1' type='get' id='i12'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@[::1' to='{romeo/home}' type='error' id='i12'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@[127.0.0.1]' type='get' id='i13'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@[127.0.0.1]' to='{romeo/home}' type='error' id='i13'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# nothing is left
Romeo sends:
    <iq to='­@{host}' type='get' id='i14'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='­@{host}' to='{romeo/home}' type='error' id='i14'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a full-width at sign
Romeo sends:
    <iq to='a＠b@{host}' type='get' id='i15'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a＠b@{host}' to='{romeo/home}' type='error' id='i15'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# both directions
Romeo sends:
    <iq to='א1@{host}' type='get' id='i16'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='א1@{host}' to='{romeo/home}' type='error' id='i16'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# not assigned in Unicode 3.2
Romeo sends:
    <iq to='😀@{host}' type='get' id='i17'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='😀@{host}' to='{romeo/home}' type='error' id='i17'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@😀.example' type='get' id='i18'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@😀.example' to='{romeo/home}' type='error' id='i18'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# no A-label
Romeo sends:
    <iq to='a@xn--a.example' type='get' id='i19'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@xn--a.example' to='{romeo/home}' type='error' id='i19'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# longer than 1023 bytes
Romeo sends:
    <iq to='{a:1024}@{host}' type='get' id='i20'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{a:1024}@{host}' to='{romeo/home}' type='error' id='i20'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo sends:
    <iq to='a@{host}/{a:1024}' type='get' id='i21'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@{host}/{a:1024}' to='{romeo/home}' type='error' id='i21'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# 1024 bytes
Romeo sends:
    <iq to='{é:512}@{host}' type='get' id='i22'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='{é:512}@{host}' to='{romeo/home}' type='error' id='i22'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
# a label of 64
Romeo sends:
    <iq to='a@{b:64}.example' type='get' id='i23'><ping xmlns='urn:xmpp:ping'/></iq>
Romeo receives:
    <iq from='a@{b:64}.example' to='{romeo/home}' type='error' id='i23'><ping xmlns='urn:xmpp:ping'/><error type='modify' by='{host}'><jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
Romeo receives nothing
