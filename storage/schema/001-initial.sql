-- Version 1: accounts, users, rosters, the log of messages, small things of modules, slots.
--
-- For both engines: types are BIGINT and @text@ (bytewise ordered text), times are microseconds since 1970.
-- Every key begins with the bare JID whose data it is, so that the tables can be sharded by it.
--
-- Compatible back to: 1

CREATE TABLE accounts (
    owner       @text@ NOT NULL,
    host        @text@ NOT NULL,    -- the part of owner behind '@'
    scram       @text@ NOT NULL,    -- one verifier a line
    digest_md5  @text@ NOT NULL,    -- hex, or empty
    disabled    BIGINT NOT NULL,
    created     BIGINT NOT NULL,
    last_login  BIGINT NOT NULL,    -- 0: never
    PRIMARY KEY (owner)
);
CREATE INDEX accounts_host ON accounts (host, owner);

-- What changes often about a user, apart from the account so that a change writes few bytes.
-- A missing row means zeros.
CREATE TABLE users (
    owner           @text@ NOT NULL,
    roster_version  BIGINT NOT NULL,
    delivered       BIGINT NOT NULL,    -- the cursor: log ids up to this one are delivered
    PRIMARY KEY (owner)
);

CREATE TABLE roster (
    owner         @text@ NOT NULL,
    jid           @text@ NOT NULL,
    name          @text@ NOT NULL,
    grps          @text@ NOT NULL,    -- separated by U+001F
    subscription  BIGINT NOT NULL,
    removed       BIGINT NOT NULL,    -- 1: a tombstone for roster versions
    version       BIGINT NOT NULL,
    PRIMARY KEY (owner, jid)
);

-- Subscription requests that wait for an answer (RFC 6121 3.1.3).
CREATE TABLE requests (
    owner   @text@ NOT NULL,
    jid     @text@ NOT NULL,
    stanza  @text@ NOT NULL,
    PRIMARY KEY (owner, jid)
);

CREATE TABLE log (
    owner   @text@ NOT NULL,
    id      BIGINT NOT NULL,
    peer    @text@ NOT NULL,
    origin  @text@ NOT NULL,
    flags   BIGINT NOT NULL,    -- 1: outgoing, 2: for the archive only
    stanza  @text@ NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE TABLE kv (
    owner   @text@ NOT NULL,
    module  @text@ NOT NULL,
    key     @text@ NOT NULL,
    value   @text@ NOT NULL,
    PRIMARY KEY (owner, module, key)
);

-- Who may write for the users of a slot: the instance that raised the epoch last.
CREATE TABLE slots (
    slot   BIGINT NOT NULL,
    name   @text@ NOT NULL,
    boot   @text@ NOT NULL,
    epoch  BIGINT NOT NULL,
    PRIMARY KEY (slot)
);
