/* SPDX-License-Identifier: Apache-2.0 */
/* Entity Time (XEP-0202 2.0): of the host, in UTC with the offset of the machine's time zone. */
#include "sm/module.h"

#include "xmpp/datetime.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct str
zone_offset(int64_t us, char *buf, size_t n)
{
	time_t t = (time_t)(us / 1000000);
	struct tm tm;
	long minutes;

	localtime_r(&t, &tm);
	minutes = tm.tm_gmtoff / 60;
	snprintf(buf, n, "%c%02ld:%02ld", minutes < 0 ? '-' : '+', labs(minutes) / 60, labs(minutes) % 60);
	return str_z(buf);
}

static void
entity_time(struct sm *sm, const struct iq *iq)
{
	int64_t now = loop_wall_us(sm_loop(sm));
	struct buf b = {0}, utc = {0};
	char zone[48];
	struct out o;

	datetime_print_seconds(&utc, now);
	out_init(&o, &b, NS_CLIENT);
	out_openz(&o, "time", NS_TIME);
	out_leafz(&o, "tzo", NULL, zone_offset(now, zone, sizeof(zone)));
	out_leafz(&o, "utc", NULL, buf_str(&utc));
	out_done(&o);
	iq_result(sm, iq, buf_str(&b));
	buf_done(&b);
	buf_done(&utc);
}

static const char *const features[] = {NS_TIME, NULL};
static const struct iq_route routes[] = {
	{TYPE_GET, NS_TIME, "time", TO_HOST, entity_time},
	{0},
};

extern const struct module module_time;
const struct module module_time = {
	.name = "time",
	.xep = "XEP-0202 2.0",
	.host_features = features,
	.iqs = routes,
};
