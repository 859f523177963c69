/* SPDX-License-Identifier: Apache-2.0 */
/* The router's part of the configuration. */
#pragma once

#include "common/conf.h"

extern const struct conf_section conf_router;    /* router { ... } */
extern const struct conf_section conf_component; /* component "gateway.example.org" { ... } */
