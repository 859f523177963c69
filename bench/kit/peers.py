# SPDX-License-Identifier: Apache-2.0
"""Other XMPP servers, as Debian has them, each from a configuration of its own in a folder of its own, on private
ports of 127.0.0.1. What they are allowed and how they keep things is said in doc/performance.md; a change here belongs
there, too. Nothing of the packages' own configuration, data or services is touched."""

import concurrent.futures
import gzip
import json
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from accounts import DOMAIN, ITERATIONS, PASSWORD, Verifier, b64, numbers, psql, sqlite
from certs import Authority
from server import TOP, free_port_base

START_SECONDS = 60


class Unavailable(Exception):
    """This server cannot be had here."""


class Postgres:
    """The same private PostgreSQL that script/server would start."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.shell(f"pg_start {shlex.quote(str(folder))} {port}")

    def shell(self, words):
        script = f"set -eu; top={shlex.quote(str(TOP))}; . {shlex.quote(str(TOP / 'script/lib.sh'))}; {words}"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"PostgreSQL: {done.stdout}{done.stderr}")

    def pids_command(self):
        return (f"top={shlex.quote(str(TOP))}; . {shlex.quote(str(TOP / 'script/lib.sh'))}; "
                f"pg_pids {shlex.quote(str(self.folder))} | sed 's/^/database /'")

    def stop(self):
        self.shell(f"pg_stop {shlex.quote(str(self.folder))} INT")


class Peer:
    """name; packages; user: as whom it runs when we are root; archives: whether it has XEP-0313; mechanism: of
    the logins that are measured, the cheapest safe one that it offers; entry: of all others; keeps: where its state is,
    postgresql or embedded, in steps that are not about the database: where it costs it less."""

    name, packages, user, archives, mechanism, entry = "", (), "", True, "SCRAM-SHA-1", "SCRAM-SHA-1"
    keeps = "postgresql"

    def __init__(self, engine, archive, accounts):
        self.engine, self.archive = engine, archive
        self.dir = Path(tempfile.mkdtemp(prefix="carillon-peer-", dir="/tmp"))
        os.chmod(self.dir, 0o755)
        self.processes, self.database = {}, None
        self.port = free_port_base(10)
        self.certificate, self.key = Authority(self.dir / "tls").server(DOMAIN)
        self.pem = self.dir / "tls/both.pem"
        self.pem.write_text(Path(self.certificate).read_text() + Path(self.key).read_text())
        try:
            if engine == "postgresql":
                self.database = Postgres(self.dir, self.port + 4)
            self.prepare(accounts)
            self.own()
            self.start()
            self.wait_port(self.port)
            self.started(accounts)
        except BaseException:
            self.close(keep=True)
            raise
        self.env = {"HOST": "127.0.0.1", "C2S_PORT": str(self.port), "DOMAIN": DOMAIN,
                    "CA_FILE": str(self.dir / "tls/ca.pem"), "PIDS_CMD": self.pids_command()}

    # What each one does in its way.
    def prepare(self, accounts):
        """Configuration, schema, and accounts that are rows or files."""

    def start(self):
        """Its processes, by self.run."""

    def started(self, accounts):
        """Accounts that have to be asked for."""

    @classmethod
    def version(cls):
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", cls.packages[0]], capture_output=True, text=True)
        return done.stdout.strip()

    @classmethod
    def installed(cls, end):
        """The file of its package whose name ends so."""
        done = subprocess.run(["dpkg-query", "-L", cls.packages[0]], capture_output=True, text=True)
        for line in done.stdout.splitlines():
            if line.endswith(end):
                return Path(line)
        raise Unavailable(f"the package has no {end}: another version than this script knows")

    def own(self):
        if os.geteuid() != 0:
            return
        account = pwd.getpwnam(self.user)
        for path in [self.dir, *self.dir.rglob("*")]:
            if "postgresql" not in path.parts and not path.is_symlink():
                os.chown(path, account.pw_uid, account.pw_gid)

    def run(self, role, command, **env):
        options = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(self.user)
            options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with open(self.dir / f"{role}.out", "ab") as out:
            self.processes[role] = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.dir,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(self.dir), **env},
                start_new_session=True, **options)

    def wait_port(self, port):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            for role, process in self.processes.items():
                if process.poll() is not None:
                    raise Unavailable(f"{role} ended at its start ({process.returncode})\n{self.last_words()}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise Unavailable(f"does not listen after {START_SECONDS} s\n{self.last_words()}")

    def last_words(self):
        text = ""
        for path in sorted(self.dir.glob("*.out")) + sorted(self.dir.glob("*.log")):
            text += "".join(f"  {path.name}: {line}\n" for line in path.read_text(errors="replace").splitlines()[-5:])
        return text.rstrip()

    def pids_command(self):
        script = self.dir / "pids"
        lines = [f"echo {role} {process.pid}" for role, process in self.processes.items()]
        lines += [f"pgrep -P {process.pid} | sed 's/^/{role} /'" for role, process in self.processes.items()]
        if self.database:
            lines.append(self.database.pids_command())
        script.write_text("\n".join(lines) + "\ntrue\n")
        return f"bash {shlex.quote(str(script))}"

    def alive(self):
        return all(process.poll() is None for process in self.processes.values())

    def close(self, keep=False):
        for process in reversed(list(self.processes.values())):
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL) # the session is ours, and of this process alone
                process.wait()
        if self.database:
            self.database.stop()
        if keep:
            print(f"its folder stays: {self.dir}")
        else:
            place = self.dir / "postgresql"
            if place.is_symlink():
                shutil.rmtree(place.resolve(), ignore_errors=True)
            shutil.rmtree(self.dir, ignore_errors=True)


class Prosody(Peer):
    name, packages, user = "prosody", ("prosody", "lua-dbi-postgresql", "lua-dbi-sqlite3"), "prosody"
    keeps = "embedded" # with SQL it asks the database for each message and each presence

    # The modules that Debian's configuration has on, without the rate limits and what speaks to other servers, to
    # operators or to people without an account.
    MODULES = ("disco roster saslauth tls blocklist bookmarks carbons pep private smacks vcard4 vcard_legacy csi_simple "
               "ping time uptime version posix")

    def sql(self):
        if self.engine == "postgresql":
            return (f'{{ driver = "PostgreSQL"; host = "127.0.0.1"; port = {self.database.port}; '
                    f'database = "carillon"; username = "carillon"; password = ""; }}')
        return f'{{ driver = "SQLite3"; database = "{self.dir}/data/prosody.sqlite"; }}'

    def prepare(self, accounts):
        modules = self.MODULES.split() + (["mam"] if self.archive else [])
        (self.dir / "data").mkdir()
        if self.engine == "postgresql":
            storage = '"sql"'
        else:
            storage = '{ archive = "sql"; default = "internal"; }' if self.archive else '"internal"'
        (self.dir / "prosody.cfg.lua").write_text(f"""
daemonize = false
pidfile = "{self.dir}/prosody.pid"
data_path = "{self.dir}/data"
network_backend = "epoll"
modules_enabled = {{ {"; ".join(f'"{m}"' for m in modules)} }}
modules_disabled = {{ "s2s" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {self.port} }}
c2s_direct_tls_ports = {{ }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_hashed"
default_archive_policy = true
archive_expires_after = "never"
storage = {storage}
sql = {self.sql()}
log = {{ warn = "{self.dir}/prosody.log" }}
ssl = {{ certificate = "{self.certificate}"; key = "{self.key}" }}
VirtualHost "{DOMAIN}"
""")
        if self.engine == "postgresql":
            self.rows(accounts)
        else:
            self.files(accounts)

    def account(self):
        v = Verifier(os.urandom(12).hex().encode()) # its salt is text
        return {"iteration_count": ITERATIONS, "salt": v.salt.decode(), "server_key": v.server.hex(),
                "stored_key": v.stored.hex()}

    def rows(self, accounts):
        """Its own statement for the table, as mod_storage_sql makes it, and one row for each word of an account."""
        script = """CREATE TABLE prosody (host TEXT NOT NULL, "user" TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL,
            type TEXT NOT NULL, value TEXT NOT NULL);
            CREATE UNIQUE INDEX prosody_unique_index ON prosody (host, "user", store, key);\n"""
        for key, value in self.account().items():
            kind = "number" if isinstance(value, int) else "string"
            script += (f"""INSERT INTO prosody {numbers("postgresql", accounts)} SELECT '{DOMAIN}', 'load' || i, """
                       f"""'accounts', '{key}', '{kind}', '{value}' FROM n;\n""")
        psql(self.database.port, script + "ANALYZE prosody;")

    def files(self, accounts):
        folder = self.dir / "data" / DOMAIN / "accounts"
        folder.mkdir(parents=True)
        lines = "".join(f'\t["{k}"] = {json.dumps(v)};\n' for k, v in self.account().items())
        for i in range(accounts):
            (folder / f"load{i}.dat").write_text("return {\n" + lines + "};\n")

    def start(self):
        self.run("prosody", ["prosody", "--config", self.dir / "prosody.cfg.lua", "-F"])


class Ejabberd(Peer):
    name, packages, user = "ejabberd", ("ejabberd", "erlang-p1-pgsql"), "ejabberd"

    # The modules of Debian's configuration that a session meets; without those for rooms, files, the web, and
    # mod_pres_counter, which takes many presences for an attack.
    MODULES = ("mod_adhoc mod_blocking mod_caps mod_carboncopy mod_client_state mod_disco mod_last mod_ping mod_privacy "
               "mod_private mod_push mod_push_keepalive mod_stream_mgmt mod_vcard mod_version mod_http_api")

    def storage(self):
        if self.engine != "postgresql":
            return "auth_method: internal\ndefault_db: mnesia\n"
        return (f"auth_method: sql\ndefault_db: sql\nsql_type: pgsql\nsql_server: 127.0.0.1\nsql_port: "
                f"{self.database.port}\nsql_database: carillon\nsql_username: carillon\nsql_password: \"\"\n")

    def prepare(self, accounts):
        modules = "".join(f"  {m}: {{}}\n" for m in self.MODULES.split())
        if self.archive:
            modules += "  mod_mam:\n    default: always\n    db_type: sql\n"
        (self.dir / "db").mkdir()
        (self.dir / "ejabberd.yml").write_text(f"""
loglevel: warning
hosts: [{DOMAIN}]
certfiles: ["{self.pem}"]
auth_password_format: scram
auth_scram_hash: sha
disable_sasl_mechanisms: ["digest-md5", "X-OAUTH2"]
{self.storage()}
listen:
  -
    port: {self.port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    backlog: 1000
    starttls: true
    protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, cipher_server_preference, no_compression]
  -
    port: {self.port + 1}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /api: mod_http_api
acl:
  loopback:
    ip: ["127.0.0.0/8"]
api_permissions:
  "accounts":
    who:
      access:
        allow:
          acl: loopback
    what: [register]
shaper_rules:
  max_user_sessions: 10
  max_user_offline_messages: 100000
modules:
{modules}  mod_offline:
    access_max_user_messages: max_user_offline_messages
  mod_pubsub:
    plugins: [flat, pep]
  mod_roster:
    versioning: true
""")
        if self.engine == "postgresql":
            v = Verifier()
            schema = Path("/usr/share/ejabberd/sql/pg.sql").read_text()
            psql(self.database.port, schema + f"""
INSERT INTO users (username, password, serverkey, salt, iterationcount) {numbers("postgresql", accounts)}
SELECT 'load' || i, '{b64(v.stored)}', '{b64(v.server)}', '{b64(v.salt)}', {ITERATIONS} FROM n; ANALYZE users;""")

    def start(self):
        # As ejabberdctl does it, but without a name in the network: no epmd is started.
        self.run("ejabberd", ["erl", "+K", "true", "+P", "250000", "-mnesia", "dir", f'"{self.dir}/db"', "-s", "ejabberd",
                              "-noinput"],
                 EJABBERD_CONFIG_PATH=str(self.dir / "ejabberd.yml"), EJABBERD_LOG_PATH=str(self.dir / "ejabberd.log"),
                 ERL_LIBS=str(self.installed("/ebin/ejabberd.app").parents[2]), ERL_MAX_PORTS="100000",
                 ERL_CRASH_DUMP=str(self.dir / "crash.dump"), ERL_CRASH_DUMP_BYTES="0")

    def started(self, accounts):
        if self.engine == "postgresql":
            return
        self.wait_port(self.port + 1)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self.register, range(accounts)))

    def register(self, i):
        body = json.dumps({"user": f"load{i}", "host": DOMAIN, "password": PASSWORD}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port + 1}/api/register", body,
                                         {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).read()


class Jabberd2(Peer):
    name, packages, user, archives = "jabberd2", ("jabberd2",), "jabber", False
    entry = "PLAIN" # with SCRAM some of 20 logins at a time fail, internal-server-error
    SECRET = "sesame-opens-the-bus"

    # The chains of Debian's sm.xml.
    CHAINS = {
        "sess-start": "status", "sess-end": "status iq-last",
        "in-sess": "validate status privacy roster vacation iq-vcard iq-ping iq-private disco amp offline announce "
                   "presence deliver",
        "out-sess": "", "in-router": "session validate presence privacy", "out-router": "privacy",
        "pkt-sm": "iq-last iq-ping iq-time iq-version amp disco announce help echo status presence",
        "pkt-user": "roster presence disco iq-vcard amp deliver vacation offline iq-last",
        "pkt-router": "session disco", "user-load": "active roster roster-publish privacy vacation", "user-unload": "",
        "user-create": "active template-roster",
        "user-delete": "active announce offline privacy roster vacation status iq-last iq-private iq-vcard",
        "disco-extend": "iq-version help",
    }

    def storage(self, password_type=""):
        if self.engine == "postgresql":
            info = f"host=127.0.0.1 port={self.database.port} dbname=carillon user=carillon"
            return "pgsql", f"<pgsql><conninfo>{info}</conninfo><schema>public</schema><transactions/>{password_type}</pgsql>"
        # As Debian has it: without waiting for the disk.
        return "sqlite", (f"<sqlite><dbname>{self.dir}/data/sqlite.db</dbname><sql>PRAGMA synchronous = NORMAL;</sql>"
                          f"<busy-timeout>2000</busy-timeout>{password_type}</sqlite>")

    def log(self, name):
        return f"<log type='file'><ident>jabberd/{name}</ident><file>{self.dir}/{name}.log</file></log>"

    def router(self):
        return (f"<router><ip>127.0.0.1</ip><port>{self.port + 1}</port><user>jabberd</user><pass>{self.SECRET}</pass>"
                f"<retry><init>30</init><lost>3</lost><sleep>1</sleep></retry></router>")

    def prepare(self, accounts):
        where = self.installed("/storage_pgsql.so").parent
        (self.dir / "data").mkdir()
        chains = "".join(f"<chain id='{k}'>" + "".join(f"<module>{m}</module>" for m in v.split()) + "</chain>"
                         for k, v in self.CHAINS.items())
        driver, storage = self.storage()
        _, authreg = self.storage("<password_type><plaintext/></password_type>")
        limits = "<max_fds>19900</max_fds><limits><bytes>0</bytes><stanzas>0</stanzas><connects>0</connects>" \
                 "<stanzasize>262144</stanzasize></limits><access><order>allow,deny</order></access>"
        mechanisms = "<traditional><plain/></traditional><sasl><plain/><scram-sha-1/></sasl>"
        self.write("users.xml", f"<users><user><name>jabberd</name><secret>{self.SECRET}</secret></user></users>")
        self.write("filter.xml", "<filter></filter>")
        self.write("router.xml", f"""<router><id>router</id><pidfile>{self.dir}/router.pid</pidfile>{self.log("router")}
<local><ip>127.0.0.1</ip><port>{self.port + 1}</port><users>{self.dir}/users.xml</users><secret>{self.SECRET}</secret></local>
<check><interval>60</interval><keepalive>0</keepalive></check><io>{limits}</io><aliases/>
<aci><acl type='all'><user>jabberd</user></acl></aci></router>""")
        self.write("sm.xml", f"""<sm><id>sm</id><pidfile>{self.dir}/sm.pid</pidfile>{self.router()}{self.log("sm")}
<local><id>{DOMAIN}</id></local><storage><path>{where}</path><driver>{driver}</driver><limits/>{storage}</storage>
<aci/><modules><path>{where}</path>{chains}</modules>
<discovery><identity><category>server</category><type>im</type><name>jabberd2</name></identity><agents/><items/></discovery>
<user><template><active-cache-ttl>60</active-cache-ttl></template></user><amp/>
<offline><userquota>100000</userquota></offline><roster/><status/></sm>""")
        self.write("c2s.xml", f"""<c2s><id>c2s</id><pidfile>{self.dir}/c2s.pid</pidfile>{self.router()}{self.log("c2s")}
<local><id pemfile='{self.pem}' verify-mode='0'>{DOMAIN}</id><ip>127.0.0.1</ip><port>{self.port}</port></local>
<io>{limits}<check><interval>0</interval><idle>0</idle><keepalive>0</keepalive></check></io><stats/><pbx/><stream_redirect/>
<authreg><path>{where}</path><module>{driver}</module><mechanisms>{mechanisms}</mechanisms>
<ssl-mechanisms>{mechanisms}</ssl-mechanisms>{authreg}</authreg></c2s>""")
        self.rows(driver, accounts)

    def write(self, name, text):
        (self.dir / name).write_text(text + "\n")

    def rows(self, driver, accounts):
        path = Path(f"/usr/share/doc/jabberd2/db-setup.{driver}.gz")
        if not path.exists():
            raise Unavailable(f"{path} is not there (is dpkg told to leave out documentation?)")
        head = numbers(self.engine, accounts)
        script = gzip.decompress(path.read_bytes()).decode() + f"""
INSERT INTO authreg (username, realm, password) {head} SELECT 'load' || i, '{DOMAIN}', '{PASSWORD}' FROM n;
INSERT INTO active ("collection-owner", "time") {head} SELECT 'load' || i || '@{DOMAIN}', 1 FROM n;"""
        if driver == "pgsql":
            psql(self.database.port, script + "\nANALYZE;")
        else:
            sqlite(self.dir / "data/sqlite.db", script)

    def start(self):
        for role in "router", "sm", "c2s":
            program = shutil.which(f"jabberd2-{role}") or f"/usr/sbin/jabberd2-{role}"
            self.run(role, [program, "-c", self.dir / f"{role}.xml"])
            if role == "router":
                self.wait_port(self.port + 1)


PEERS = {peer.name: peer for peer in (Jabberd2, Ejabberd, Prosody)}


def install(peer):
    """From Debian, without starting anything: the packages' services stay off while they are installed, and are
    stopped for good if they were not there before."""
    missing = [p for p in peer.packages if subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}", p], capture_output=True, text=True).stdout != "install ok installed"]
    if not missing:
        return
    if os.geteuid() != 0:
        raise Unavailable(f"run as root, or install by hand and keep from running: apt-get install {' '.join(missing)}")
    if not shutil.which("apt-get"):
        raise Unavailable(f"there is no apt-get to install {' '.join(missing)} with")
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if not ours and policy.read_text().strip().splitlines()[-1].strip() != "exit 101":
        raise Unavailable(f"{policy} is somebody's; install by hand: apt-get install {' '.join(missing)}")
    if ours: # invoke-rc.d(8): nothing is started
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        done = subprocess.run(["apt-get", "-q", "install", "-y", "--no-install-recommends", *missing],
                              env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"), capture_output=True, text=True)
    finally:
        if ours:
            policy.unlink()
    if done.returncode:
        raise Unavailable(f"apt-get cannot install {' '.join(missing)}\n{done.stderr.strip()[-500:]}")
    for name in SERVICES.get(peer.name, ()): # not at the next start of the machine either
        if shutil.which("systemctl"):
            subprocess.run(["systemctl", "disable", name], capture_output=True)


SERVICES = {"prosody": ("prosody",), "ejabberd": ("ejabberd",),
            "jabberd2": ("jabberd", "jabberd-router", "jabberd-sm", "jabberd-c2s", "jabberd-s2s")}
