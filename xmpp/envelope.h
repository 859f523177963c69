/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frames of the bus (doc/protocol.md section 2): reading their heads
 * without looking inside, and writing them. No socket, no routing.
 */
#pragma once

#include "common/buf.h"

/* The longest head is that of a member that serves many hosts. */
enum { FRAME_HEAD_MAX = 64 * 1024, FRAME_PAYLOAD_MAX = 1024 * 1024 };

enum frame_kind {
	FRAME_ROUTE,
	FRAME_BOUNCE,
	FRAME_MEMBER,
	FRAME_SYNCED,
	FRAME_STATE,
	FRAME_PING,
	FRAME_PONG,
	FRAME_UNKNOWN, /* well-formed <c:something .../>, or one with len and payload: ignored and counted */
	FRAME_ERROR,   /* <stream:error>: the peer ends the link; payload: what is in it */
	FRAME_CLOSE,   /* </stream:stream>: the peer leaves in good order */
};

struct frame { /* slices into the bytes that were read; absent when missing */
	enum frame_kind kind;
	struct str to, from, host, key, sid, rid;  /* route, bounce */
	struct str after;                          /* route */
	struct str reason, target;                 /* bounce */
	struct str name, role, state, boot, hosts; /* member; state (state, hosts) */
	struct str id;                             /* ping, pong */
	uint64_t seq, ack;                         /* 0: absent */
	struct str payload;
	struct str raw; /* the whole frame, head and end tag included: what a router moves on */
};

enum frame_result { FRAME_OK, FRAME_MORE, FRAME_BAD };

/*
 * Reads one frame from the start of `bytes`. OK: *used_r bytes are the frame (leading white space
 * included). MORE: incomplete; *used_r bytes of white space may be dropped meanwhile. BAD: *why_r says what;
 * the link must be closed.
 */
enum frame_result frame_read(struct str bytes, struct frame *f_r, size_t *used_r, const char **why_r);

/*
 * Appends a frame; `f->raw` is not used. Values that XML would have to escape
 * are a bug here: whoever takes them from outside asks frame_values_ok first.
 */
void frame_write(struct buf *out, const struct frame *f);
/*
 * The same without the payload at hand: frame_begin writes the head with room
 * for `len`, the caller appends the payload to `out`, frame_end fills `len` in.
 * frame_end returns false and takes the frame off `out` again when the payload
 * is over FRAME_PAYLOAD_MAX. For route and bounce.
 */
size_t frame_begin(struct buf *out, const struct frame *f); /* returns a mark for frame_end */
bool frame_end(struct buf *out, size_t mark);
/* The payload so far of a frame that is begun and not ended. */
struct str frame_begun_payload(const struct buf *out, size_t mark);
/* The bounce for a route frame, as it is sent back to its `from`. */
void frame_write_bounce(struct buf *out, const struct frame *f, const char *router, const char *reason);
/* Whether the value can stand in a head: no & < > ' " and no control characters. */
bool frame_value_ok(struct str value);
bool frame_values_ok(const struct frame *f); /* all of them, and short enough for a head */
bool instance_name_ok(struct str name);
