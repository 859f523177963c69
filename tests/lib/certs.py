# SPDX-License-Identifier: Apache-2.0
"""Certificates for tests, from the authority in a server's folder (the one that script/server would make there, and
uses when it is there already), and from one that nobody trusts."""

import subprocess
from pathlib import Path

CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(*args, stdin=""):
    done = subprocess.run(["openssl", *map(str, args)], input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(map(str, args))}\n{done.stderr}")


class Authority:
    """folder/NAME.pem and .key; made when it is not there."""

    def __init__(self, folder, name="ca"):
        self.folder, self.cert, self.key = Path(folder), Path(folder) / f"{name}.pem", Path(folder) / f"{name}.key"
        self.folder.mkdir(exist_ok=True)
        if not self.cert.exists():
            openssl("req", "-x509", *CURVE, "-days", 30, "-keyout", self.key, "-out", self.cert, "-subj",
                    f"/CN=Authority {name}", "-addext", "basicConstraints=critical,CA:true", "-addext",
                    "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name, names, usage, days=30):
        """folder/NAME.pem with its key beside it as NAME.key; names: subjectAltName."""
        base = self.folder / name
        extensions = f"basicConstraints=CA:false\nextendedKeyUsage={usage}\n"
        if names:
            extensions += "subjectAltName=@names\n[names]\n" + "\n".join(names) + "\n"
        (self.folder / f"{name}.ext").write_text(extensions)
        openssl("req", *CURVE, "-keyout", f"{base}.key", "-out", f"{base}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{base}.csr", "-CA", self.cert, "-CAkey", self.key, "-set_serial",
                str(abs(hash(name))), "-days", days, "-out", f"{base}.pem", "-extfile", f"{base}.ext")
        return f"{base}.pem", f"{base}.key"

    def server(self, host):
        return self.issue(host, [f"DNS.1={host}"], "serverAuth")

    def client(self, name, *addresses):
        """With an id-on-xmppAddr (RFC 6120 13.7.1.4) for each address."""
        names = [f"otherName.{i}=1.3.6.1.5.5.7.8.5;UTF8:{a}" for i, a in enumerate(addresses, 1)]
        return self.issue(name, names, "clientAuth")
