/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that many objects have and of which there are few, kept once: names of
 * instances and of mechanisms. They stay for as long as the process, so this is
 * not for anything that a stranger may choose.
 */
#pragma once

#include "common/str.h"

const char *intern(struct str word); /* null-terminated; the same pointer for the same bytes */
