-- Version 3: the archive over the log (XEP-0313): what was said with one contact, without reading all the rest.
--
-- log.flags: 1: outgoing, 2: for the archive only, 4: not for the archive.

CREATE INDEX log_peer ON log (owner, peer, id);
