# RFC 7590 3, RFC 6120 5.3.1, 13.8: without TLS nothing is to be had but TLS; behind it no TLS is offered again.

clear opens a connection
clear sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
clear receives the header
clear receives:
    <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>
clear sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>biwsbj1hLHI9Yg==</auth>
clear receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><encryption-required/><more/></failure>
clear sends:
    <iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
clear receives:
    <stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><more/></stream:error>
clear receives the end

# STARTTLS is still to be had after a refusal.
sorry opens a stream
sorry sends:
    <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
sorry receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><encryption-required/><more/></failure>
sorry starts TLS
sorry opens a stream

# XEP-0368: TLS from the first byte, and no STARTTLS in it
direct opens a TLS connection
direct sends bytes:
    <stream:stream to='{host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>
direct receives the header
direct receives:
    <stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><more/></mechanisms><more/></stream:features>
direct sends:
    <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
direct receives:
    <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
direct receives the end
direct is cut off
