# SPDX-License-Identifier: Apache-2.0
"""A Carillon to be measured: started through script/server, with accounts load0, load1, ..."""

from accounts import PASSWORD, numbers, psql, sqlite
from server import Server

# TLS may be left out, nobody is slowed down on purpose, and the default of SCRAM iterations would only make PLAIN
# slower than it is at others.
CONFIG = """
c2s {
	tls = "optional"
	rate = 0
	rate_stanzas = 0
	unauthenticated_per_address = 100000
	connections_per_address = 100000
}
sm {
	presence_rate = 0
}
cluster {
	scram_iterations = 4096
}
mod_archive {
	enabled = %s
}
"""


class Carillon(Server):
    def __init__(self, build, accounts, engine="sqlite", archive=False, daemons=""):
        super().__init__(engine=engine, daemons=daemons, config=CONFIG % ("true" if archive else "false"), build=build)
        self.engine = engine
        try:
            self.add_accounts(accounts)
        except BaseException:
            self.close(keep=True)
            raise

    def sql(self, script):
        if self.engine == "postgresql":
            return psql(self.pg_port, script)
        return sqlite(self.dir / "carillon.db", script)

    def add_accounts(self, count):
        """All are copies of the first, which carillonctl makes."""
        self.add_user("load0", PASSWORD)
        self.sql(f"INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) "
                 f"{numbers(self.engine, count)} SELECT 'load' || i || '@{self.domain}', host, scram, digest_md5, "
                 f"disabled, created, last_login FROM n, accounts WHERE owner = 'load0@{self.domain}' AND i > 0;")
        self.sql("ANALYZE;")
