# SPDX-License-Identifier: Apache-2.0
# What script/server and script/test share: packages, build, a private
# PostgreSQL. Sourced by bash; needs $top, the source tree.

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# word TEXT: as one word of a shell command; quoted only where it must be, so that simple paths stay readable.
word() {
	case $1 in
	*[!A-Za-z0-9_./:@%+,=-]* | '') printf "'%s'" "${1//\'/\'\\\'\'}" ;;
	*) printf '%s' "$1" ;;
	esac
}

# Debian's packages, by what they are for.
packages_build="build-essential autoconf automake pkg-config libexpat1-dev libssl-dev libsasl2-dev libpq-dev
	libsqlite3-dev libidn-dev libuv1-dev libconfuse-dev libmimalloc-dev
	libcmocka-dev"
packages_run="libsasl2-modules openssl procps util-linux"
packages_database="postgresql"
packages_test="clang libclang-rt-14-dev llvm-14 python3 python3-pytest python3-slixmpp profanity tmux sqlite3
	mandoc iproute2 valgrind"

# install_packages NAME...: what is missing, through apt.
install_packages() {
	local missing=() name as_root=()
	for name in "$@"; do
		dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	command -v apt-get >/dev/null || fail "these packages are missing and there is no apt-get: ${missing[*]}"
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || fail "run as root, or install by hand: apt-get install ${missing[*]}"
		as_root=(sudo)
	fi
	say "installing ${missing[*]}"
	# The database server is started by us, where and when we want; Debian's own cluster stays off.
	"${as_root[@]}" mkdir -p /etc/postgresql-common
	[ -e /etc/postgresql-common/createcluster.conf ] ||
		echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}" ||
		fail "apt-get could not install: ${missing[*]}"
}

# build DIR [configure arguments]: configures when needed and makes everything.
build() {
	local dir=$1 wanted
	shift
	case $top$dir in
	*[[:space:]\"\'\$\`\\\#\&]*) fail "autotools cannot build in a folder whose name has blanks or quotes: $top, $dir" ;;
	esac
	if [ ! -x "$top/configure" ] || [ "$top/configure.ac" -nt "$top/configure" ] ||
		[ "$top/m4/carillon.m4" -nt "$top/configure" ]; then
		(cd "$top" && autoreconf -fi) || fail "autoreconf failed"
	fi
	mkdir -p "$dir"
	wanted="$*"
	if [ ! -e "$dir/Makefile" ] || [ "$(cat "$dir/.configured" 2>/dev/null)" != "$wanted" ]; then
		(cd "$dir" && "$top/configure" -q "$@") || fail "configure failed; $dir/config.log says why"
		echo "$wanted" >"$dir/.configured"
	fi
	make -s -C "$dir" -j"$(nproc)" || fail "the build failed"
}

# --- a private PostgreSQL in a folder of its own -------------------------

pg_bin() {
	local dir
	for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr); do
		[ -x "$dir/postgres" ] && echo "$dir" && return
	done
	fail "PostgreSQL's programs are not in /usr/lib/postgresql/*/bin: apt-get install postgresql"
}

# As the user that may run PostgreSQL (it refuses root).
pg_as() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
	else
		"$@"
	fi
}

# pg_place DIR: where the cluster of DIR lives: DIR/postgresql, or a folder in /var/tmp that DIR/postgresql points
# to when PostgreSQL's user could not reach DIR.
pg_place() {
	local link=$1/postgresql
	if [ ! -e "$link" ]; then
		mkdir -p "$link"
		if [ "$(id -u)" -eq 0 ]; then
			chown postgres:postgres "$link"
			if ! pg_as test -w "$link" 2>/dev/null; then
				rmdir "$link"
				ln -s "$(pg_as mktemp -d /var/tmp/carillon-postgresql-XXXXXX)" "$link"
			fi
		fi
	fi
	readlink -f "$link"
}

# pg_start DIR PORT: makes the cluster when it is new, starts it, returns when it answers.
pg_start() {
	local place bin port=$2
	place=$(pg_place "$1") bin=$(pg_bin)
	if [ ! -e "$place/data/PG_VERSION" ]; then
		(cd / && pg_as "$bin/initdb" -D "$place/data" -U carillon --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
			>"$1/initdb.log" 2>&1) || fail "initdb failed; $1/initdb.log says why"
	fi
	(cd / && pg_as "$bin/pg_ctl" -D "$place/data" -l "$place/log" -w -t 60 -s start \
		-o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$place' -c max_connections=100 \
		-c logging_collector=off") >/dev/null || fail "PostgreSQL did not start; $place/log says why"
	(cd / && pg_as "$bin/psql" -h 127.0.0.1 -p "$port" -U carillon -d postgres -Atqc \
		"select 1 from pg_database where datname = 'carillon'") | grep -q 1 ||
		(cd / && pg_as "$bin/createdb" -h 127.0.0.1 -p "$port" -U carillon carillon)
}

pg_postmaster() { # pg_postmaster DIR: its pid, or nothing
	local place pid
	[ -e "$1/postgresql" ] || return 0
	place=$(readlink -f "$1/postgresql")
	pid=$(head -1 "$place/data/postmaster.pid" 2>/dev/null) || return 0
	# After a crash of the machine the file is still there, and the number may be somebody else's.
	case $(cat "/proc/${pid:-none}/comm" 2>/dev/null) in postgres*) echo "$pid" ;; esac
}

pg_pids() { # pg_pids DIR: the postmaster and its children
	local pid
	pid=$(pg_postmaster "$1")
	[ -n "$pid" ] || return 0
	echo "$pid"
	pgrep -P "$pid" || true
}

wait_gone() { # wait_gone PID SECONDS
	timeout "$2" tail --pid="$1" -s 0.05 -f /dev/null 2>/dev/null
	! kill -0 "$1" 2>/dev/null
}

# pg_stop DIR [TERM|KILL|INT]
pg_stop() {
	local pid pids signal=${2:-INT}
	pid=$(pg_postmaster "$1")
	[ -n "$pid" ] || return 0
	pids=$(pg_pids "$1")
	case $signal in
	INT) kill -INT "$pid" ;; # "fast": ends the sessions by itself
	TERM | KILL)
		# TERM alone would wait for the clients to go; the sessions get it too. KILL leaves no child behind.
		# shellcheck disable=SC2086
		kill -"$signal" $pids 2>/dev/null || true
		;;
	*) fail "the signal is TERM or KILL, not $signal" ;;
	esac
	wait_gone "$pid" 30 || { kill -QUIT "$pid" 2>/dev/null; wait_gone "$pid" 10; } || fail "PostgreSQL ($pid) does not end"
	for pid in $pids; do
		wait_gone "$pid" 10 || fail "PostgreSQL's process $pid does not end"
	done
	rm -f "$(readlink -f "$1/postgresql")/data/postmaster.pid" # left by KILL; none of its processes is there any more
}

free_port_base() { # free_port_base COUNT: a port below the ephemeral range with COUNT free ports from it on
	local count=$1 base i
	for _ in $(seq 200); do
		base=$((10000 + RANDOM % 20000))
		for ((i = 0; i < count; i++)); do
			(exec 3<>"/dev/tcp/127.0.0.1/$((base + i))") 2>/dev/null && continue 2
		done
		echo "$base"
		return
	done
	fail "no free ports found"
}
