/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every statement that the daemons ever send to the database, in one table, so
 * that it can be read, explained and checked as a whole. Not for: the schema
 * (storage/schema/), what engines say to set themselves up.
 */
#pragma once

#include "common/base.h"

enum sql_id {
	SQL_ACCOUNT_GET,
	SQL_ACCOUNT_ADD,
	SQL_ACCOUNT_SET_KEYS,
	SQL_ACCOUNT_SET_DISABLED,
	SQL_ACCOUNT_LOGIN,
	SQL_ACCOUNT_LIST,
	SQL_ACCOUNT_DEL,
	SQL_USER_DEL,
	SQL_ROSTER_CLEAR,
	SQL_REQUESTS_CLEAR,
	SQL_PRIVACY_CLEAR,
	SQL_LOG_CLEAR,
	SQL_KV_CLEAR,
	SQL_USER_GET,
	SQL_USER_LAST_ID,
	SQL_USER_UNDELIVERED,
	SQL_USER_ROSTER,
	SQL_USER_REQUESTS,
	SQL_USER_PRIVACY,
	SQL_USER_NAMES,
	SQL_ROSTER_PUT,
	SQL_ROSTER_VERSION,
	SQL_ROSTER_FORGET,
	SQL_REQUEST_PUT,
	SQL_REQUEST_DEL,
	SQL_PRIVACY_PUT,
	SQL_PRIVACY_DEL,
	SQL_PRIVACY_DEFAULT,
	SQL_LOG_FENCE,
	SQL_LOG_ADD,
	SQL_LOG_ADD_AGAIN,
	SQL_LOG_CURSOR,
	SQL_LOG_TRIM,
	SQL_LOG_UNDELIVERED,
	SQL_LOG_AFTER,
	SQL_LOG_DEL,
	SQL_LOG_KEEP,
	SQL_LOG_UP,
	SQL_LOG_DOWN,
	SQL_LOG_PEER_UP,
	SQL_LOG_PEER_DOWN,
	SQL_LOG_GET,
	SQL_LOG_COUNT,
	SQL_LOG_PEER_COUNT,
	SQL_LOG_EXPIRE,
	SQL_KV_GET,
	SQL_KV_PUT,
	SQL_KV_DEL,
	SQL_KV_LIST,
	SQL_AWAY_PUT,
	SQL_AWAY_DEL,
	SQL_AWAY_LOG,
	SQL_AWAY_OWNERS,
	SQL_SLOT_CLAIM,
	SQL_SLOT_LIST,
	SQL_COUNT
};

/*
 * Written in the subset that PostgreSQL 13+ and SQLite 3.35+ share. Arguments
 * are $1, $2, ... `args` and `cols` have a letter for each argument and each
 * column of the result: t text, i 64-bit integer.
 *
 * What the engines do not share is a token between @ that each replaces
 * (sql_expand in sql.h): these two, and no more without need:
 *   @text@   the type of text that compares bytewise   TEXT COLLATE "C" / TEXT
 *   @share@  lock the rows read until the commit       FOR SHARE / nothing (SQLite has one writer)
 *
 * `many`, where there is one, does what several steps of the same statement do, in a row, and each argument is an array
 * with those of all of them. PostgreSQL only, where a statement costs more than a row; it says nothing about single steps.
 */
struct sql_stmt {
	const char *name;
	const char *args;
	const char *cols;
	const char *text;
	const char *many;
};

extern const struct sql_stmt sql_stmts[SQL_COUNT];

enum { SQL_FENCE_WIDTH = 16 }; /* slots in one SQL_LOG_FENCE */
