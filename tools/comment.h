/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Comments: text that people give to prefixes.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_COMMENT_H
#define _LEVEE_COMMENT_H

int comment_parse(const char *key, const char *text, void *comment);

#endif /* _LEVEE_COMMENT_H */
