// SPDX-License-Identifier: GPL-2.0
/*
 * The module that holds the KUnit suites of levee.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <linux/module.h>

MODULE_DESCRIPTION("KUnit tests of levee");
MODULE_LICENSE("GPL");
