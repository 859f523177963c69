/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of the internal protocol: printed and compared. Who says them when is component_auth.c's and router/auth.c's. */
#include "xmpp/bus_version.h"

struct bus_versions
bus_versions_or_own(struct bus_versions v)
{
	return v.newest ? v : BUS_VERSIONS;
}

void
bus_versions_print(struct buf *out, struct bus_versions v)
{
	for (unsigned i = v.oldest; i <= v.newest; i++)
		buf_addf(out, "%s%u", i == v.oldest ? "" : " ", i);
}

bool
bus_versions_has(struct bus_versions v, uint64_t version)
{
	return version >= v.oldest && version <= v.newest;
}

unsigned
bus_versions_common(struct bus_versions ours, struct str offered)
{
	unsigned best = 0;
	uint64_t version;

	while (offered.p) {
		if (str_to_u64(str_split(offered, ' ', &offered), &version) == 0 && bus_versions_has(ours, version))
			best = MAX(best, (unsigned)version);
	}
	return best;
}
