/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Table: size and use of the tables, for other objects.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_SIZE_H
#define _LEVEE_SIZE_H

#include <stdint.h>

#include <linux/levee.h>

/**
 * struct size - Size and use of the tables.
 * @val: the attributes of the kernel's reply, by their types
 */
struct size {
	uint64_t val[LEVEE_A_TABLE_MAX + 1];
};

int size_load(struct size *size);
void size_save(const struct size *size);

#endif /* _LEVEE_SIZE_H */
