/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PBKDF2 for a password that came in clear, off the loop. The job holds copies
 * of all it needs, so who asked may be gone before it ends.
 */
#include "xmpp/sasl_password.h"

#include <openssl/crypto.h>

struct sasl_password {
	struct scram_keys keys;
	bool ok;
	void (*done)(void *owner, bool ok); /* null: forgotten. The loop's, the worker does not look at it */
	void *owner;
	size_t n;
	char password[];
};

static void
on_work(void *arg)
{
	struct sasl_password *p = arg;

	p->ok = scram_check(&p->keys, str_n(p->password, p->n));
}

static void
on_done(void *arg)
{
	struct sasl_password *p = arg;
	void (*done)(void *owner, bool ok) = p->done;
	void *owner = p->owner;
	bool ok = p->ok;

	OPENSSL_cleanse(p, sizeof(*p) + p->n);
	free(p);
	if (done)
		done(owner, ok);
}

struct sasl_password *
sasl_password_check(struct loop *loop, const struct scram_keys *keys, struct str password,
		    void (*done)(void *owner, bool ok), void *owner)
{
	struct sasl_password *p = xmalloc(sizeof(*p) + password.n);

	*p = (struct sasl_password){.keys = *keys, .done = done, .owner = owner, .n = password.n};
	if (password.n)
		memcpy(p->password, password.p, password.n);
	loop_work(loop, on_work, on_done, p);
	return p;
}

void
sasl_password_forget(struct sasl_password **p)
{
	if (*p)
		(*p)->done = NULL;
	*p = NULL;
}
