/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of the enums and attributes of the netlink interface.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_NAMES_H
#define _LEVEE_NAMES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct names - The names of one enum, by value.
 * @name: array with @count elements; NULL for values without a name
 * @count: one more than the largest value
 */
struct names {
	const char *const *name;
	size_t count;
};

extern const struct names names_mode;
extern const struct names names_class;
extern const struct names names_reason;
extern const struct names names_malformed;
extern const struct names names_hook_type;
extern const struct names names_unit;
extern const struct names names_mismatch;
extern const struct names names_event_type;
extern const struct names names_list_kind;
extern const struct names names_outlook;
extern const struct names names_path;
extern const struct names names_proof;

const char *names_text(const struct names *names, uint32_t value);
int names_value(const struct names *names, const char *text);
char *names_list(const struct names *names, char *buf, size_t size);
const char *names_attr(uint8_t cmd, uint16_t type);

#endif /* _LEVEE_NAMES_H */
