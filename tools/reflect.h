/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reflect: ports that attacks are reflected from, and who was asked.
 */
#ifndef _LEVEE_REFLECT_H
#define _LEVEE_REFLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/levee.h>

/* As in levee.yaml. */
#define REFLECT_PORTS_MAX 256

/**
 * struct reflect - Ports, and what is known of who was asked.
 * @port: the ports, in order
 * @count: how many there are
 * @builtin: they are those that are built in
 * @val: numbers, by their attributes
 */
struct reflect {
	uint16_t port[REFLECT_PORTS_MAX];
	size_t count;
	bool builtin;
	uint64_t val[LEVEE_A_REFLECT_MAX + 1];
};

int reflect_load(struct reflect *reflect);
void reflect_save(const struct reflect *reflect);

#endif /* _LEVEE_REFLECT_H */
