/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct trace: a struct xml with an owner that writes down what it is told,
 * so that two ways of feeding the same bytes can be compared as text. The
 * owner can also hold, stop and restart at chosen elements.
 */
#pragma once

#include "common/buf.h"
#include "xmpp/xml.h"

struct trace {
	struct xml *x;
	struct buf log; /* a line an event; runs of white space count once */
	unsigned elements;
	unsigned hold_every; /* 0: never; n: in each nth element, and in the header */
	unsigned stop_at, restart_at; /* 0: never; n: in the nth element */
	bool held;
};

void trace_init(struct trace *t, const struct xml_limits *limits);
void trace_done(struct trace *t);
/* Feeds and, while the owner holds, goes on. The condition goes to the log and is returned. */
enum stream_condition trace_feed(struct trace *t, struct str bytes);
