/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the daemons. Each line of it finds its rows by a key or an index. */
#include "storage/statements.h"

#define LOG_COLUMNS "id, peer, origin, flags, stanza"
#define LOG_COLS "ittit"
#define ARCHIVED "(flags & 4) = 0"

#define ACCOUNT_COLUMNS "owner, scram, digest_md5, disabled, created, last_login"

/* A row is written only under the epoch that its slot has now; epoch 0: nobody asked for fencing. */
#define FENCED(slot, epoch) \
	"(" epoch " = 0 OR EXISTS (SELECT 1 FROM slots WHERE slots.slot = " slot " AND slots.epoch = " epoch "))"

/* The same for a row of arguments n, of whose slots this is the array: they are looked up once for all rows. */
#define FENCED_MANY(slots) \
	"(n.epoch = 0 OR (n.slot, n.epoch) IN (SELECT slot, epoch FROM slots WHERE slot = ANY (" slots ")))"

#define LOG_ADD \
	"INSERT INTO log (owner, id, peer, origin, flags, stanza) SELECT $1, $2, $3, $4, $6, $5 WHERE " FENCED("$7", "$8")
#define LOG_ADD_MANY \
	"INSERT INTO log (owner, id, peer, origin, flags, stanza) " \
	"SELECT n.owner, n.id, n.peer, n.origin, n.flags, n.stanza FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) " \
	"AS n (owner, id, peer, origin, stanza, flags, slot, epoch) WHERE " FENCED_MANY("$7")
#define UNLESS_THERE " ON CONFLICT (owner, id) DO NOTHING"

const struct sql_stmt sql_stmts[SQL_COUNT] = {
	[SQL_ACCOUNT_GET] = {"account_get", "t", "tttiii",
		"SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE owner = $1"},
	[SQL_ACCOUNT_ADD] = {"account_add", "ttttiii", "",
		"INSERT INTO accounts (owner, host, scram, digest_md5, disabled, created, last_login) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner) DO NOTHING"},
	[SQL_ACCOUNT_SET_KEYS] = {"account_set_keys", "ttt", "",
		"UPDATE accounts SET scram = $2, digest_md5 = $3 WHERE owner = $1"},
	[SQL_ACCOUNT_SET_DISABLED] = {"account_set_disabled", "ti", "",
		"UPDATE accounts SET disabled = $2 WHERE owner = $1"},
	[SQL_ACCOUNT_LOGIN] = {"account_login", "ti", "",
		"UPDATE accounts SET last_login = $2 WHERE owner = $1"},
	[SQL_ACCOUNT_LIST] = {"account_list", "tti", "tttiii",
		"SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE host = $1 AND owner > $2 "
		"ORDER BY owner LIMIT $3"},
	[SQL_ACCOUNT_DEL] = {"account_del", "t", "", "DELETE FROM accounts WHERE owner = $1"},
	[SQL_USER_DEL] = {"user_del", "t", "", "DELETE FROM users WHERE owner = $1"},
	[SQL_ROSTER_CLEAR] = {"roster_clear", "t", "", "DELETE FROM roster WHERE owner = $1"},
	[SQL_REQUESTS_CLEAR] = {"requests_clear", "t", "", "DELETE FROM requests WHERE owner = $1"},
	[SQL_PRIVACY_CLEAR] = {"privacy_clear", "t", "", "DELETE FROM privacy WHERE owner = $1"},
	[SQL_LOG_CLEAR] = {"log_clear", "t", "", "DELETE FROM log WHERE owner = $1"},
	[SQL_KV_CLEAR] = {"kv_clear", "t", "", "DELETE FROM kv WHERE owner = $1"},

	[SQL_USER_GET] = {"user_get", "t", "iiit",
		"SELECT a.disabled, COALESCE(u.roster_version, 0), COALESCE(u.delivered, 0), COALESCE(u.privacy, '') "
		"FROM accounts a LEFT JOIN users u ON u.owner = a.owner WHERE a.owner = $1"},
	[SQL_USER_LAST_ID] = {"user_last_id", "t", "i",
		"SELECT id FROM log WHERE owner = $1 ORDER BY id DESC LIMIT 1"},
	[SQL_USER_UNDELIVERED] = {"user_undelivered", "t", "i",
		"SELECT COUNT(*) FROM log WHERE owner = $1 "
		"AND id > COALESCE((SELECT delivered FROM users WHERE users.owner = $1), 0) AND (flags & 2) = 0"},
	[SQL_USER_ROSTER] = {"user_roster", "t", "tttiii",
		"SELECT jid, name, grps, subscription, removed, version FROM roster WHERE owner = $1 ORDER BY jid"},
	[SQL_USER_REQUESTS] = {"user_requests", "t", "tt",
		"SELECT jid, stanza FROM requests WHERE owner = $1 ORDER BY jid"},
	[SQL_USER_PRIVACY] = {"user_privacy", "t", "tiitii",
		"SELECT list, place, what, value, deny, kinds FROM privacy WHERE owner = $1 ORDER BY list, place"},

	[SQL_USER_NAMES] = {"user_names", "tii", "ti",
		"SELECT origin, flags FROM log WHERE owner = $1 AND id > $2 AND origin <> '' ORDER BY id DESC LIMIT $3"},

	[SQL_ROSTER_PUT] = {"roster_put", "ttttiii", "",
		"INSERT INTO roster (owner, jid, name, grps, subscription, removed, version) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner, jid) DO UPDATE SET name = excluded.name, "
		"grps = excluded.grps, subscription = excluded.subscription, removed = excluded.removed, "
		"version = excluded.version"},
	[SQL_ROSTER_VERSION] = {"roster_version", "ti", "",
		"INSERT INTO users (owner, roster_version, delivered) VALUES ($1, $2, 0) "
		"ON CONFLICT (owner) DO UPDATE SET roster_version = excluded.roster_version"},
	[SQL_ROSTER_FORGET] = {"roster_forget", "ti", "",
		"DELETE FROM roster WHERE owner = $1 AND removed <> 0 AND version < $2"},
	[SQL_REQUEST_PUT] = {"request_put", "ttt", "",
		"INSERT INTO requests (owner, jid, stanza) VALUES ($1, $2, $3) "
		"ON CONFLICT (owner, jid) DO UPDATE SET stanza = excluded.stanza"},
	[SQL_REQUEST_DEL] = {"request_del", "tt", "", "DELETE FROM requests WHERE owner = $1 AND jid = $2"},

	[SQL_PRIVACY_PUT] = {"privacy_put", "ttiitiiii", "",
		"INSERT INTO privacy (owner, list, place, what, value, deny, kinds) SELECT $1, $2, $3, $4, $5, $6, $7 "
		"WHERE " FENCED("$8", "$9") " ON CONFLICT (owner, list, place) DO UPDATE SET what = excluded.what, "
		"value = excluded.value, deny = excluded.deny, kinds = excluded.kinds"},
	[SQL_PRIVACY_DEL] = {"privacy_del", "ttiii", "",
		"DELETE FROM privacy WHERE owner = $1 AND list = $2 AND place = $3 AND " FENCED("$4", "$5")},
	[SQL_PRIVACY_DEFAULT] = {"privacy_default", "ttii", "",
		"INSERT INTO users (owner, roster_version, delivered, privacy) SELECT $1, 0, 0, $2 "
		"WHERE " FENCED("$3", "$4") " ON CONFLICT (owner) DO UPDATE SET privacy = excluded.privacy"},

	/* The lock lasts until the commit; taken in rising order, as claims are, so that nobody waits in a circle. */
	[SQL_LOG_FENCE] = {"log_fence", "iiiiiiiiiiiiiiii", "ii",
		"SELECT slot, epoch FROM slots WHERE slot IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
		"$13, $14, $15, $16) ORDER BY slot @share@"},
	[SQL_LOG_ADD] = {"log_add", "titttiii", "", LOG_ADD, LOG_ADD_MANY},
	/* An append that is repeated because its fate was unknown changes nothing. To look first costs PostgreSQL a quarter. */
	[SQL_LOG_ADD_AGAIN] = {"log_add_again", "titttiii", "", LOG_ADD UNLESS_THERE, LOG_ADD_MANY UNLESS_THERE},
	/* Before LOG_CURSOR: only what the cursor passes, not where rows were deleted long ago (PostgreSQL would walk
	   over all of them until the next vacuum). */
	[SQL_LOG_TRIM] = {"log_trim", "tiiii", "",
		"DELETE FROM log WHERE owner = $1 AND id > COALESCE((SELECT delivered FROM users WHERE users.owner = $1), 0) "
		"AND id <= $2 AND " FENCED("$3", "$4") " AND (flags & $5) = $5",
		"DELETE FROM log USING unnest($1, $2, $3, $4, $5) AS n (owner, id, slot, epoch, flags) "
		"LEFT JOIN users ON users.owner = n.owner WHERE log.owner = n.owner AND log.id > COALESCE(users.delivered, 0) "
		"AND log.id <= n.id AND " FENCED_MANY("$3") " AND (log.flags & n.flags) = n.flags"},
	[SQL_LOG_CURSOR] = {"log_cursor", "tiii", "",
		"INSERT INTO users (owner, roster_version, delivered) SELECT $1, 0, $2 WHERE " FENCED("$3", "$4")
		" ON CONFLICT (owner) DO UPDATE SET delivered = excluded.delivered "
		"WHERE users.delivered < excluded.delivered",
		"INSERT INTO users (owner, roster_version, delivered) SELECT n.owner, 0, MAX(n.id) "
		"FROM unnest($1, $2, $3, $4) AS n (owner, id, slot, epoch) WHERE " FENCED_MANY("$3") " GROUP BY n.owner"
		" ON CONFLICT (owner) DO UPDATE SET delivered = excluded.delivered "
		"WHERE users.delivered < excluded.delivered"},
	[SQL_LOG_UNDELIVERED] = {"log_undelivered", "tii", "ittit",
		"SELECT id, peer, origin, flags, stanza FROM log WHERE owner = $1 AND id > $2 "
		"AND id > COALESCE((SELECT delivered FROM users WHERE users.owner = $1), 0) AND (flags & 2) = 0 "
		"ORDER BY id LIMIT $3"},
	[SQL_LOG_AFTER] = {"log_after", "tii", LOG_COLS,
		"SELECT " LOG_COLUMNS " FROM log WHERE owner = $1 AND id > $2 ORDER BY id LIMIT $3"},
	[SQL_LOG_DEL] = {"log_del", "ti", "", "DELETE FROM log WHERE owner = $1 AND id = $2"},
	[SQL_LOG_KEEP] = {"log_keep", "ti", "", "UPDATE log SET flags = flags | 2 WHERE owner = $1 AND id = $2"},

	[SQL_LOG_UP] = {"log_up", "tiii", LOG_COLS,
		"SELECT " LOG_COLUMNS " FROM log WHERE owner = $1 AND id > $2 AND id < $3 AND " ARCHIVED " ORDER BY id LIMIT $4"},
	[SQL_LOG_DOWN] = {"log_down", "tiii", LOG_COLS,
		"SELECT " LOG_COLUMNS " FROM log WHERE owner = $1 AND id > $2 AND id < $3 AND " ARCHIVED
		" ORDER BY id DESC LIMIT $4"},
	[SQL_LOG_PEER_UP] = {"log_peer_up", "ttiii", LOG_COLS,
		"SELECT " LOG_COLUMNS " FROM log WHERE owner = $1 AND peer = $2 AND id > $3 AND id < $4 AND " ARCHIVED
		" ORDER BY id LIMIT $5"},
	[SQL_LOG_PEER_DOWN] = {"log_peer_down", "ttiii", LOG_COLS,
		"SELECT " LOG_COLUMNS " FROM log WHERE owner = $1 AND peer = $2 AND id > $3 AND id < $4 AND " ARCHIVED
		" ORDER BY id DESC LIMIT $5"},
	[SQL_LOG_GET] = {"log_get", "ti", LOG_COLS,
		"SELECT " LOG_COLUMNS " FROM log WHERE owner = $1 AND id = $2 AND " ARCHIVED},
	[SQL_LOG_COUNT] = {"log_count", "tiii", "ii",
		"SELECT COUNT(*), COALESCE(MAX(id), 0) FROM (SELECT id FROM log WHERE owner = $1 AND id > $2 AND id < $3 AND " ARCHIVED
		" ORDER BY id LIMIT $4) AS few"},
	[SQL_LOG_PEER_COUNT] = {"log_peer_count", "ttiii", "ii",
		"SELECT COUNT(*), COALESCE(MAX(id), 0) FROM (SELECT id FROM log WHERE owner = $1 AND peer = $2 AND id > $3 AND id < $4 "
		"AND " ARCHIVED " ORDER BY id LIMIT $5) AS few"},
	[SQL_LOG_EXPIRE] = {"log_expire", "tii", "",
		"DELETE FROM log WHERE owner = $1 AND id IN (SELECT id FROM log WHERE owner = $1 AND id < $2 AND ((flags & 2) = 2 "
		"OR id <= COALESCE((SELECT delivered FROM users WHERE users.owner = $1), 0)) ORDER BY id LIMIT $3)"},

	[SQL_KV_GET] = {"kv_get", "ttt", "t", "SELECT value FROM kv WHERE owner = $1 AND module = $2 AND key = $3"},
	[SQL_KV_PUT] = {"kv_put", "tttt", "",
		"INSERT INTO kv (owner, module, key, value) VALUES ($1, $2, $3, $4) "
		"ON CONFLICT (owner, module, key) DO UPDATE SET value = excluded.value"},
	[SQL_KV_DEL] = {"kv_del", "ttt", "", "DELETE FROM kv WHERE owner = $1 AND module = $2 AND key = $3"},
	[SQL_KV_LIST] = {"kv_list", "tt", "tt",
		"SELECT key, value FROM kv WHERE owner = $1 AND module = $2 ORDER BY key"},

	/* Sessions whose clients are away (storage/away.c). */
	[SQL_AWAY_PUT] = {"away_put", "ttttii", "",
		"INSERT INTO kv (owner, module, key, value) SELECT $1, $2, $3, $4 WHERE " FENCED("$5", "$6")
		" ON CONFLICT (owner, module, key) DO UPDATE SET value = excluded.value"},
	[SQL_AWAY_DEL] = {"away_del", "ttttii", "",
		"DELETE FROM kv WHERE owner = $1 AND module = $2 AND key >= $3 AND key < $4 AND " FENCED("$5", "$6")},
	[SQL_AWAY_LOG] = {"away_log", "ti", LOG_COLS,
		"SELECT " LOG_COLUMNS " FROM log WHERE owner = $1 AND id > (SELECT MIN(CAST(value AS BIGINT)) FROM kv "
		"WHERE kv.owner = $1 AND kv.module = 'away-since') ORDER BY id LIMIT $2"},
	[SQL_AWAY_OWNERS] = {"away_owners", "ti", "t",
		"SELECT owner FROM kv WHERE owner > $1 AND module = 'away-since' ORDER BY owner LIMIT $2"},

	[SQL_SLOT_CLAIM] = {"slot_claim", "itt", "i",
		"INSERT INTO slots (slot, name, boot, epoch) VALUES ($1, $2, $3, 1) ON CONFLICT (slot) "
		"DO UPDATE SET name = excluded.name, boot = excluded.boot, epoch = slots.epoch + 1 RETURNING epoch"},
	[SQL_SLOT_LIST] = {"slot_list", "", "itti", "SELECT slot, name, boot, epoch FROM slots ORDER BY slot"},
};
