// SPDX-License-Identifier: GPL-2.0
/*
 * Prints how fast this machine's time stamp counter is, in kHz: that of guests that
 * are emulated, too. They could find out by themselves, but on a busy machine may be
 * wrong by a factor of ten.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define TRIES 1000

struct moment {
	uint64_t ticks;
	int64_t ns;
};

static int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

/* Both clocks at once: of many readings the one that took the least time. */
static struct moment now(void)
{
	int64_t before, least = INT64_MAX;
	struct moment best, m;
	int i;

	for (i = 0; i < TRIES; i++) {
		before = clock_ns();
		m.ticks = __rdtsc();
		m.ns = clock_ns();
		if (m.ns - before < least) {
			least = m.ns - before;
			best = m;
		}
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	struct moment begin, end;

	begin = now();
	nanosleep(&pause, NULL);
	end = now();
	printf("%.0f\n", (end.ticks - begin.ticks) * 1e6 / (end.ns - begin.ns));
	return 0;
}
