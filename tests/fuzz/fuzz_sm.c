/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any payloads, in frames of any kind, to an sm with two users logged in.
 * Frames come from peers that have proven themselves; still nothing that they
 * say may crash it. One line of input is one frame, its first letter says
 * which:
 *
 *	r j	the next stanza of Romeo's, of Juliet's session
 *	s	a word in Romeo's session, without number
 *	o n	towards the owner of Juliet, of somebody who has no account; n with a name (rid)
 *	h	towards the owner of the host
 *	i	to the instance
 *	b	a stanza that comes back
 */
#include "tests/fuzz/fuzz.h"

#include "tests/unit/sm_rig.h"

#include <stdlib.h>

#define ROMEO "aaaaaaaaaaaaaaaaaaroad"
#define JULIET "bbbbbbbbbbbbbbbbbbhall"

enum { TURN_MS = 1, LINES_MAX = 64 };

static struct stage *stage;
static uint64_t said[2];
static bool here[2];

static void
hear(void *arg, const struct frame *f, bool bounce)
{
	(void)arg;
	if (bounce || !(str_starts(f->payload, STR("<end")) || str_starts(f->payload, STR("<unknown"))))
		return;
	if (str_is(f->sid, ROMEO))
		here[0] = false;
	if (str_is(f->sid, JULIET))
		here[1] = false;
}

static void
open_session(size_t i)
{
	static const char *const bare[2] = {"romeo@example.org", "juliet@example.org"};
	static const char *const words[2] = {
		"<open xmlns='" NS_WORDS "' user='romeo' host='example.org' resource='road' address='a' secure='tls' mechanism='m'/>",
		"<open xmlns='" NS_WORDS "' user='juliet' host='example.org' resource='hall' address='a' secure='tls' mechanism='m'/>",
	};

	/* Closed first, so that numbers begin anew. */
	stage_send(stage, &(struct frame){.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"),
					  .sid = i ? STR(JULIET) : STR(ROMEO),
					  .payload = STR("<close xmlns='" NS_WORDS "' reason='closed'/>")});
	stage_to_owner(stage, "c2s-1", bare[i], i ? JULIET : ROMEO, words[i]);
	said[i] = 0;
	here[i] = true;
}

static void
teardown(void)
{
	stage_free(&stage);
}

static void
setup(void)
{
	stage = stage_new("sm { offline_messages = 20 }");
	stage_sm(stage, "sm-1");
	stage_listen(stage, hear, NULL);
	atexit(teardown);
}

static void
play_line(char kind, struct str payload)
{
	struct frame f = {.kind = FRAME_ROUTE, .from = STR("c2s-1"), .to = STR("sm-1"), .payload = payload};

	switch (kind) {
	case 'r':
	case 'j':
		f.sid = kind == 'r' ? STR(ROMEO) : STR(JULIET);
		f.seq = ++said[kind == 'j'];
		f.ack = f.seq / 2;
		break;
	case 's':
		f.sid = STR(ROMEO);
		break;
	case 'o':
	case 'n':
	case 'h':
		f.to = STR_NONE;
		f.host = STR("example.org");
		f.key = kind == 'o' ? STR("juliet@example.org") : kind == 'n' ? STR("nobody@example.org") : STR("example.org");
		f.rid = kind == 'n' ? STR("name") : STR_NONE;
		break;
	case 'b':
		f.kind = FRAME_BOUNCE;
		f.host = STR("example.org");
		f.key = STR("juliet@example.org");
		f.reason = STR("no-host");
		break;
	case 'i':
		break;
	default:
		return;
	}
	stage_send(stage, &f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_n((const char *)data, size);
	unsigned lines = 0;

	if (!stage)
		setup();
	for (size_t i = 0; i < 2; i++)
		if (!here[i])
			open_session(i);
	while (rest.p && rest.n && lines++ < LINES_MAX) {
		struct str line = str_split(rest, '\n', &rest);

		if (line.n > 1)
			play_line(line.p[0], str_from(line, 1));
	}
	stage_run(stage, TURN_MS);
	return 0;
}
