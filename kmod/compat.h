/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that levee is built for; the only file
 * that names kernel versions.
 */
#ifndef _LEVEE_COMPAT_H
#define _LEVEE_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "levee needs Linux 6.1 or newer"
#endif

#if IS_ENABLED(CONFIG_KUNIT)
#include <linux/export.h>
/* KUnit's own EXPORT_SYMBOL_IF_KUNIT is younger than 6.1. */
#define LEVEE_EXPORT_FOR_TEST(sym) EXPORT_SYMBOL_GPL(sym)
#else
#define LEVEE_EXPORT_FOR_TEST(sym)
#endif

#endif /* _LEVEE_COMPAT_H */
