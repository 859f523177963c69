/* SPDX-License-Identifier: Apache-2.0 */
/* The router's part of the configuration. */
#pragma once

#include "common/conf.h"

struct router_limits;

extern const struct conf_section conf_router;    /* router { ... } */
extern const struct conf_section conf_component; /* component "gateway.example.org" { ... } */

void router_limits_read(struct router_limits *l, const struct conf *conf);
