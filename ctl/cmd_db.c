/* SPDX-License-Identifier: Apache-2.0 */
/* carillonctl db ...: the schema of the database. */
#include "ctl/ctl.h"
#include "storage/storage.h"

#include <stdio.h>

static const char *
engine_of(const struct ctl *ctl)
{
	return conf_str(ctl->conf, "storage", NULL, "engine");
}

static struct str
state_of(const struct storage_schema *s)
{
	if (s->have < s->want)
		return STR("run carillonctl db migrate");
	if (s->have == s->want)
		return STR("current");
	return s->usable ? STR("newer than this program, and good for it") : STR("newer than this program");
}

enum ctl_exit
cmd_db_status(struct ctl *ctl)
{
	struct buf why = {0};
	struct table_row *row;
	struct storage_schema schema;
	char number[16];

	if (storage_schema_status(ctl->conf, &schema, &why) < 0) {
		ctl_fail(ctl, CTL_UNREACHABLE, "%s", buf_z(&why));
		buf_done(&why);
		return CTL_UNREACHABLE;
	}
	buf_done(&why);
	row = table_add(&ctl->table);
	table_cell(&ctl->table, row, STR("engine"), str_z(engine_of(ctl)));
	snprintf(number, sizeof(number), "%d", schema.have);
	table_cell(&ctl->table, row, STR("schema"), str_z(number));
	snprintf(number, sizeof(number), "%d", schema.want);
	table_cell(&ctl->table, row, STR("wanted"), str_z(number));
	table_cell(&ctl->table, row, STR("state"), state_of(&schema));
	return schema.usable ? CTL_OK : CTL_FAILED;
}

static void
tell(void *owner, const char *step)
{
	const struct ctl *ctl = owner;

	if (!ctl->json)
		printf("%s\n", step);
}

static bool
is_reachable(const struct ctl *ctl)
{
	struct storage_schema schema;
	struct buf why = {0};
	int rc = storage_schema_status(ctl->conf, &schema, &why);

	buf_done(&why);
	return rc == 0;
}

enum ctl_exit
cmd_db_migrate(struct ctl *ctl)
{
	struct buf why = {0};
	enum ctl_exit code = CTL_OK;

	if (storage_migrate(ctl->conf, tell, ctl, &why) < 0)
		code = ctl_fail(ctl, is_reachable(ctl) ? CTL_FAILED : CTL_UNREACHABLE, "%s", buf_z(&why));
	buf_done(&why);
	return code == CTL_OK && ctl->json ? cmd_db_status(ctl) : code;
}
