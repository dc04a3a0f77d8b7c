# Reads KTAP, and the kernel log for what must never be in it.
# SPDX-License-Identifier: GPL-2.0

import re

RESULT = re.compile(r'^( *)(ok|not ok) (\d+)? ?-? ?(.*)$')
PLAN = re.compile(r'^( *)1\.\.(\d+)\s*$')
SKIP = re.compile(r'^(.*?)\s*# ?SKIP\b:?\s*(.*)$', re.I)

# Each line of the kernel log that matches one of these is a failure.
TROUBLE = [re.compile(p) for p in (
    r'\bWARNING: ', r'\bBUG: ', r'\bBUG! ', r'kernel BUG at', r'\bOops\b',
    r'Kernel panic', r'Kernel mode fault', r'general protection fault',
    r'Unable to handle kernel', r'\bKASAN\b.*(?<!initialized)$', r'\bUBSAN\b',
    r'\bKFENCE\b: ', r'\bKCSAN\b: ', r'suspicious RCU usage',
    r'possible (circular|recursive) lock', r'inconsistent lock state',
    r'DEBUG_LOCKS_WARN_ON', r'INFO: possible irq lock', r'bad unlock balance',
    r'held lock freed', r'still has locks held', r'lock held when returning',
    r'sleeping function called', r'scheduling while atomic',
    r'INFO: task .* blocked', r'rcu.*detected.*stall', r'rcu.*self-detected',
    r'rcu_.*kthread starved', r'(soft|hard) lockup', r'workqueue lockup',
    r'unreferenced object', r'kmemleak: \d+ new', r'kmemleak:.*disabled',
    r'ODEBUG:', r'ref_tracker: ', r'leaked reference',
    r'unregister_netdevice: waiting', r'refcount_t:',
    r'list_(add|del).* corruption', r'Bad page state', r'Bad rss-counter',
    r'page allocation failure', r'Objects remaining', r'still has objects',
    r'percpu ref .* <= 0', r'invalid opcode', r'stack-protector',
    r'stack guard page', r'double free', r'use-after-free',
    r'Slab corruption', r'Redzone', r'Poison overwritten',
    r'Attempted to kill init', r'nf_hook.*not found',
    r'hook not found', r'debug_net_warn',
)]


def trouble(log, allow=None):
    """Lines of a kernel log that must not be there."""
    allowed = re.compile(allow) if allow else None
    return [line for line in log.splitlines()
            if any(p.search(line) for p in TROUBLE)
            and not (allowed and allowed.search(line))]


class Parser:
    """Counts the leaves of nested KTAP: a parent only sums its children up."""

    def __init__(self):
        self.results = []       # (name, 'pass' | 'fail' | 'skip', reason)
        self.errors = []
        self.seen = {}          # indent -> number of results at that depth
        self.plan = {}          # indent -> planned number
        self.upto = {}          # indent -> number of results when last there

    def close(self, deeper_than):
        """Ends the blocks that are deeper; true if there were any."""
        children = False
        for indent in [i for i in self.seen if i > deeper_than]:
            children = True
            self.check_plan(indent)
            del self.seen[indent]
            self.plan.pop(indent, None)
        return children

    def check_plan(self, indent):
        plan, seen = self.plan.get(indent), self.seen.get(indent, 0)
        if plan is not None and plan != seen:
            self.errors.append(f'planned {plan} results, saw {seen}')

    def line(self, line):
        plan = PLAN.match(line)
        if plan:
            indent = len(plan[1])
            self.plan[indent] = int(plan[2])
            self.seen.setdefault(indent, 0)
            return
        match = RESULT.match(line)
        if not match:
            return
        indent, verdict, name = len(match[1]), match[2], match[4].strip()
        parent = self.close(indent)
        children = self.results[self.upto.get(indent, 0):]
        self.seen[indent] = self.seen.get(indent, 0) + 1
        skip = SKIP.match(name)
        if parent:
            if verdict == 'not ok' and not any(c[1] == 'fail' for c in children):
                self.results.append((name, 'fail', 'no child failed'))
        elif skip and verdict == 'ok':
            self.results.append((skip[1], 'skip', skip[2] or 'no reason given'))
        else:
            self.results.append((name, 'pass' if verdict == 'ok' else 'fail', ''))
        self.upto[indent] = len(self.results)

    def finish(self):
        self.close(0)
        if 0 not in self.plan:
            self.errors.append('no plan (1..N): did it run to its end?')
        else:
            self.check_plan(0)


def parse(text, exit_code=0):
    """Results of one test file: list of (name, verdict, reason)."""
    parser = Parser()
    for line in text.splitlines():
        parser.line(line)
    results = parser.results
    if exit_code == 4 and not results:
        reason = [l for l in text.splitlines() if 'SKIP' in l]
        return [('all', 'skip', reason[-1] if reason else 'exit status 4')]
    if exit_code in (124, 137):
        return results + [('ends in time', 'fail', 'timed out')]
    parser.finish()
    results += [('complete', 'fail', error) for error in parser.errors]
    if exit_code not in (0, 4) and not any(r[1] == 'fail' for r in results):
        results.append(('exit status', 'fail', str(exit_code)))
    return results
