# SPDX-License-Identifier: Apache-2.0
"""A domain of another script (RFC 6122 2.2): its A-label and its U-label are one, in the configuration, in the
operator's hand, in stream headers and in addresses, over all daemons."""

import asyncio
import base64

import pytest

from sasl import Digest
from server import Server
from test_config import GOOD, check
from xmlstream import BIND, CLIENT, SASL, XmlStream

A, U = "xn--bcher-kva.example", "bücher.example"
PASSWORD = "pässwörd ⅸ"  # RFC 4013: the same as with "ix"


@pytest.fixture(scope="module")
def library():
    server = Server(host=A, daemons="router=2,sm=2,c2s=2",
                    config='c2s {\n    mechanisms = {"SCRAM-SHA-256", "DIGEST-MD5", "PLAIN"}\n}\n')
    for user in (f"jürgen@{U}", f"σίγμα@{A}"):
        server.ctl("user", "add", "--digest-md5", user, stdin=PASSWORD + "\n")
    yield server
    complaints = server.close()
    assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)


async def enter(server, domain, user, password=PASSWORD, resource="home"):
    """Logs in to a stream for `domain`. TLS is for the A-label in any case, as DNS is."""
    stream = XmlStream(server.host, server.c2s_tls_port, A, server.ca_file)
    await stream.connect(direct_tls=True)
    stream.domain = domain
    await stream.authenticate(user, password)
    stream.send(f"<iq type='set' id='b'><bind xmlns='{BIND}'><resource>{resource}</resource></bind></iq>")
    answer = await stream.element()
    stream.jid = answer.findtext("{%s}bind/{%s}jid" % (BIND, BIND))
    stream.send("<presence/>")
    while (await stream.element()).get("from") != stream.jid:
        pass
    return stream


async def message(stream):
    while (element := await stream.element()).tag != "{%s}message" % CLIENT:
        pass
    return element


@pytest.mark.parametrize("domain, user, password", [
    (U, "jürgen", PASSWORD), (A, "JÜRGEN", PASSWORD), (A.upper(), "ju\u0308rgen", "pässwörd ix"),
    ("BÜCHER.example.", "jürgen", "pa\u0308sswo\u0308rd\u00a0ix"),
])
def test_one_domain(library, domain, user, password):
    async def play():
        juergen = await enter(library, domain, user, password)
        assert juergen.jid == f"jürgen@{U}/home"
        assert juergen.header.get("from") == U
        sigma = await enter(library, U, "ΣΊΓΜΑ", resource="ﬁ")  # final sigma and medial sigma are one; the ligature is two letters
        assert sigma.jid == f"σίγμα@{U}/fi"
        for to in (f"jürgen@{U}", f"JÜRGEN@{A}", f"ju\u0308rgen@BÜCHER.EXAMPLE.", f"jürgen@xn--BCHER-kva.example/home"):
            sigma.send(f"<message to='{to}' type='chat'><body>读 📚 {to}</body></message>")
            got = await message(juergen)
            assert got.get("from") == sigma.jid
            assert got.findtext("{%s}body" % CLIENT) == f"读 📚 {to}"
        await juergen.close()
        await sigma.close()
    asyncio.run(play())


@pytest.mark.parametrize("uri", [f"xmpp/{U}", f"xmpp/{A}", "xmpp/BÜCHER.example"])
def test_digest_uri(library, uri):
    """RFC 2831 2.1.2: a client names the server as DNS does, or as it is offered."""
    async def play():
        stream = XmlStream(library.host, library.c2s_tls_port, A, library.ca_file)
        await stream.connect(direct_tls=True)
        await stream.open()
        stream.send(f"<auth xmlns='{SASL}' mechanism='DIGEST-MD5'/>")
        exchange = Digest("jürgen", "pässwörd ix", U, **{"digest-uri": uri})
        stream.send(f"<response xmlns='{SASL}'>{exchange.response((await stream.element()).text)}</response>")
        answer = await stream.element()
        if answer.tag == "{%s}challenge" % SASL:
            assert answer.text == exchange.success()
            stream.send(f"<response xmlns='{SASL}'/>")
            answer = await stream.element()
        assert answer.tag == "{%s}success" % SASL
        await stream.close()
    asyncio.run(play())


def test_wrong_password(library):
    """Another case is another password."""
    async def play():
        stream = XmlStream(library.host, library.c2s_tls_port, A, library.ca_file)
        await stream.connect(direct_tls=True)
        await stream.open()
        plain = base64.b64encode(f"\0jürgen\0{PASSWORD.upper()}".encode()).decode()
        stream.send(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{plain}</auth>")
        answer = await stream.element()
        assert answer.tag == "{%s}failure" % SASL and answer.find("{%s}not-authorized" % SASL) is not None
        await stream.close()
    library.allow("authentication failed")
    asyncio.run(play())


def test_operator(library):
    for name in (f"JÜRGEN@{U}", f"ju\u0308rgen@{A.upper()}"):
        assert f"jürgen@{U}" in library.ctl("user", "show", name).stdout
    assert library.ctl("user", "add", f"Jürgen@{A}", stdin="x\n", check=False).returncode != 0  # exists
    listed = library.ctl("user", "list", A).stdout
    assert f"jürgen@{U}" in listed and f"σίγμα@{U}" in listed
    assert library.ctl("user", "add", f"😀@{U}", stdin="x\n", check=False).returncode != 0  # not assigned in Unicode 3.2


@pytest.mark.parametrize("component, says", [
    ("LOCALHOST", 'component "LOCALHOST": is the same domain as host "localhost"'),
    ("CHAT.example", 'component "CHAT.example": is the same domain as component "chat.example"'),
    (f"{A}", f'component "{A}": is the same domain as component "{U}"'),
    ("two words.example", 'component "two words.example": the title is no domain name'),
])
def test_one_component_twice(tmp_path, component, says):
    text = GOOD + "".join(f'component "{c}" {{ secret = "0123456789abcdef" }}\n' for c in ("chat.example", U, component))
    done = check(tmp_path, text, "router")
    assert done.returncode == 2
    told = [line for line in done.stderr.splitlines() if "c.conf:" in line]
    assert len(told) == 1 and says in told[0], done.stderr


@pytest.mark.parametrize("hosts, line, says", [
    (["LOCALHOST"], 7, 'host "LOCALHOST": is the same domain as host "localhost"'),
    ([U, A], None, f'host "{U}" and host "{A}" are the same domain'),
    (["Ünder.example", "ünder.example"], None, 'host "Ünder.example" and host "ünder.example" are the same domain'),
])
def test_one_host_twice(tmp_path, hosts, line, says):
    """One line, naming both."""
    done = check(tmp_path, GOOD + "".join(f'host "{h}" {{ }}\n' for h in hosts), "supervisor")
    assert done.returncode == 2
    told = [text for text in done.stderr.splitlines() if "same domain" in text]
    assert len(told) == 1 and says in told[0], done.stderr
    if line:
        assert f"c.conf:{line}:" in told[0]
