# SPDX-License-Identifier: Apache-2.0
"""What the archives have in the end (XEP-0313), read page by page as a client would."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
from xmlstream import CLIENT, XmlStream  # noqa: E402

MAM = "{urn:xmpp:mam:2}"
RSM = "{http://jabber.org/protocol/rsm}"
MESSAGE = "{%s}message" % CLIENT


def read_result(element):
    """(sender/device, recipient, number) of a robot's message; None for what is no result."""
    inner = element.find(f"{MAM}result/{{urn:xmpp:forward:0}}forwarded/{MESSAGE}")
    if inner is None:
        return None
    device, n = inner.findtext("{%s}body" % CLIENT).split(" ")
    return f"{inner.get('from').split('@')[0]}/{device}", inner.get("to").split("/")[0], int(n)


async def read_archive(server, name, password):
    """All of the archive, in its order."""
    stream = XmlStream(server.host, server.c2s_port, server.domain, server.ca_file)
    await stream.connect()
    await stream.login(name, password, "reader")
    rows, after, complete = [], "", False
    while not complete:
        stream.send(f"<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2'>"
                    f"<set xmlns='http://jabber.org/protocol/rsm'><max>100</max>{after}</set></query></iq>")
        while True:
            element = await stream.element(30)
            fin = element.find(f"{MAM}fin")
            if fin is not None:
                break
            if element.get("type") == "error":
                raise RuntimeError(f"the archive of {name} cannot be read")
            row = read_result(element)
            if row:
                rows.append(row)
        complete = fin.get("complete") == "true"
        last = fin.findtext(f"{RSM}set/{RSM}last")
        after = f"<after>{last}</after>" if last else ""
    await stream.close()
    return rows
