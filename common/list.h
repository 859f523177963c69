/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intrusive doubly linked lists. A member `struct list_node` in the object, a
 * `struct list` where it hangs. The list knows its length, so that "how many
 * are in this state" costs nothing. Removing the current object while
 * iterating with list_each is safe; removing its neighbours is not.
 */
#pragma once

#include "common/base.h"

struct list_node {
	struct list_node *next, *prev; /* both null while in no list */
};

struct list {
	struct list_node *first, *last;
	size_t len;
};

static inline bool
list_linked(const struct list *l, const struct list_node *n)
{
	return n->prev || n->next || l->first == n;
}

static inline void
list_append(struct list *l, struct list_node *n)
{
	n->prev = l->last;
	n->next = NULL;
	if (l->last)
		l->last->next = n;
	else
		l->first = n;
	l->last = n;
	l->len++;
}

static inline void
list_prepend(struct list *l, struct list_node *n)
{
	n->next = l->first;
	n->prev = NULL;
	if (l->first)
		l->first->prev = n;
	else
		l->last = n;
	l->first = n;
	l->len++;
}

/* Behind `before`, which is in the list; null: in front of all. */
static inline void
list_insert_after(struct list *l, struct list_node *before, struct list_node *n)
{
	if (!before) {
		list_prepend(l, n);
		return;
	}
	n->prev = before;
	n->next = before->next;
	if (before->next)
		before->next->prev = n;
	else
		l->last = n;
	before->next = n;
	l->len++;
}

static inline void
list_remove(struct list *l, struct list_node *n)
{
	if (n->prev)
		n->prev->next = n->next;
	else
		l->first = n->next;
	if (n->next)
		n->next->prev = n->prev;
	else
		l->last = n->prev;
	n->next = n->prev = NULL;
	l->len--;
}

/* The first one, taken out; null when empty. */
static inline struct list_node *
list_shift(struct list *l)
{
	struct list_node *n = l->first;

	if (n)
		list_remove(l, n);
	return n;
}

#define list_entry(node, type, member) container_of(node, type, member)

#define list_entry_or_null(node, type, member) ((node) ? list_entry((node), type, member) : NULL)

/* for each `type *var` whose node is `member`; break and continue do what they always do */
#define list_each(l, type, var, member)                                                         \
	for (type *var = list_entry_or_null((l)->first, type, member),                          \
		  *var##_next = var ? list_entry_or_null(var->member.next, type, member) : NULL; \
	     var; var = var##_next,                                                             \
		  var##_next = var ? list_entry_or_null(var->member.next, type, member) : NULL)
