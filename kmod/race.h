/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For KUnit suites: threads that begin at the same moment.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_RACE_H
#define _LEVEE_RACE_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#define RACERS	4

/**
 * struct race - some threads
 * @go: the start
 * @running: threads that have not finished
 * @run: what each does
 * @arg: for @run
 * @index: number of the next thread to begin
 * @task: the threads
 */
struct race {
	struct completion go;
	atomic_t running;
	void (*run)(void *arg, int index);
	void *arg;
	atomic_t index;
	struct task_struct *task[RACERS];
};

static int race_thread(void *data)
{
	struct race *race = data;

	wait_for_completion(&race->go);
	race->run(race->arg, atomic_inc_return(&race->index) - 1);
	atomic_dec(&race->running);
	return 0;
}

/* Begins @run in @count threads; race_end() has to follow. */
static void race_begin(struct kunit *test, struct race *race, int count,
		       void (*run)(void *arg, int index), void *arg)
{
	struct task_struct *task;
	int i;

	memset(race, 0, sizeof(*race));
	init_completion(&race->go);
	race->run = run;
	race->arg = arg;
	for (i = 0; i < count; i++) {
		task = kthread_run(race_thread, race, "levee-race");
		KUNIT_EXPECT_FALSE(test, IS_ERR(task));
		if (IS_ERR(task))
			break;
		race->task[i] = get_task_struct(task);
		atomic_inc(&race->running);
	}
	complete_all(&race->go);
}

/* Waits until all threads are gone. */
static void race_end(struct race *race)
{
	int i;

	/* One that is stopped before it runs never does. */
	while (atomic_read(&race->running))
		schedule_timeout_uninterruptible(1);
	for (i = 0; i < RACERS && race->task[i]; i++) {
		kthread_stop(race->task[i]);
		put_task_struct(race->task[i]);
	}
}

#endif /* _LEVEE_RACE_H */
