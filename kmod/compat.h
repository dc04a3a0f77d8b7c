/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that levee is built for; the only file
 * that names kernel versions.
 */
#ifndef _LEVEE_COMPAT_H
#define _LEVEE_COMPAT_H

#include <linux/export.h>
#include <linux/vmalloc.h>
#include <linux/version.h>
#include <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "levee needs Linux 6.1 or newer"
#endif

/* Of Linux 6.8, and of later stable releases of those before. */
#ifndef __uninitialized
#define __uninitialized
#endif

/* Of Linux 6.2: a refusal that names what it is about. */
#ifdef NL_SET_ERR_MSG_FMT
#define LEVEE_SET_ERR_MSG_NAMES(extack, fmt, plain, args...) \
	NL_SET_ERR_MSG_FMT(extack, fmt, args)
#else
#define LEVEE_SET_ERR_MSG_NAMES(extack, fmt, plain, args...) \
	NL_SET_ERR_MSG(extack, plain)
#endif

/* Functions that differ in nothing but their names are not made one. */
#if __has_attribute(__no_icf__)
#define __levee_no_icf	__attribute__((__no_icf__))
#else
#define __levee_no_icf
#endif

/* Functions that the KUnit module calls; not for anybody else. */
#if IS_ENABLED(CONFIG_KUNIT)
#define LEVEE_EXPORT_FOR_TEST(sym) EXPORT_SYMBOL_GPL(sym)
#else
#define LEVEE_EXPORT_FOR_TEST(sym)
#endif

/* Zeroed memory in huge pages where the kernel has them; accounted. */
static inline void *levee_vzalloc_huge(size_t size)
{
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;

#ifdef vmalloc_huge_node
	return vmalloc_huge_node(size, gfp, NUMA_NO_NODE);
#else
	return vmalloc_huge(size, gfp);
#endif
}

/* Who joins a group needs CAP_NET_ADMIN; said otherwise before Linux 6.7. */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define LEVEE_MCAST_CAP_NET_ADMIN	GENL_MCAST_CAP_NET_ADMIN
#else
#define LEVEE_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

/* Attributes of a dump request. */
static inline struct nlattr **levee_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

#endif /* _LEVEE_COMPAT_H */
