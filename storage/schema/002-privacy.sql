-- Version 2: privacy lists (XEP-0016), whose default list is also the block list (XEP-0191).
--
-- A program of version 1 would leave an account's lists behind when it deletes the account, for the next one of that name.
-- Compatible back to: 2

CREATE TABLE privacy (
    owner  @text@ NOT NULL,
    list   @text@ NOT NULL,
    place  BIGINT NOT NULL,    -- the item's order
    what   BIGINT NOT NULL,    -- 0: anybody, 1: a JID, 2: a group of the roster, 3: a state of subscription
    value  @text@ NOT NULL,    -- which; empty for anybody
    deny   BIGINT NOT NULL,
    kinds  BIGINT NOT NULL,    -- of stanzas; see sm/privacy_list.h
    PRIMARY KEY (owner, list, place)
);

-- The name of the default list; empty: none.
ALTER TABLE users ADD COLUMN privacy @text@ NOT NULL DEFAULT '';
