/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks of packets: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_MARK_H
#define _LEVEE_MARK_H

#include <stdint.h>

#define MARK_WHAT "a number of 32 bits and what bits of the mark to set, as in 16, 0x10 or 0x10/0xff"
#define MARK_STRLEN 24

/**
 * struct mark - What a packet gets in its mark.
 * @mark: value
 * @mask: in which bits; 0: there is no mark
 */
struct mark {
	uint32_t mark;
	uint32_t mask;
};

int mark_parse(const char *key, const char *text, void *mark);
const char *mark_text(const struct mark *mark, char *buf);

#endif /* _LEVEE_MARK_H */
