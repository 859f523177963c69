-- Version 3: the archive over the log (XEP-0313): what was said with one contact, without reading all the rest.
--
-- log.flags: 1: outgoing, 2: for the archive only, 4: not for the archive.
--
-- On a large log it takes a while, in which nothing can be written. On PostgreSQL it may be made before, without that:
-- CREATE INDEX CONCURRENTLY log_peer ON log (owner, peer, id);
--
-- Compatible back to: 2

CREATE INDEX IF NOT EXISTS log_peer ON log (owner, peer, id);
