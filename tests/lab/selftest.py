#!/usr/bin/python3
# Shows that the checks of the test driver do fail: on logs with seeded trouble.
# SPDX-License-Identifier: GPL-2.0

import sys

sys.dont_write_bytecode = True
import ktap  # noqa: E402

CLEAN = '''
[    0.300000] KTAP version 1
[    0.320000] kmemleak: Kernel memory leak detector initialized (mem pool available: 39893)
[    0.100000] KernelAddressSanitizer initialized
[    0.100000] KASAN: KernelAddressSanitizer initialized
[    2.530000] levee: loading out-of-tree module taints kernel.
[    2.530000] levee: module verification failed: signature and/or required key missing
[    2.600000] rcu: Hierarchical RCU implementation.
[    2.700000] IPv6: ADDRCONF(NETDEV_CHANGE): veth0: link becomes ready
'''

SEEDED = {
    'WARN_ON': 'WARNING: CPU: 0 PID: 69 at kmod/main.c:4 levee_init+0x52/0x100 [levee]',
    'lockdep, circular': 'WARNING: possible circular locking dependency detected',
    'lockdep, state': 'inconsistent lock state',
    'lockdep, RCU': 'WARNING: suspicious RCU usage',
    'KASAN': 'BUG: KASAN: slab-out-of-bounds in levee_map_meter+0x1a/0x40 [levee]',
    'UBSAN': 'UBSAN: shift-out-of-bounds in kmod/meter.c:12:3',
    'BUG': 'kernel BUG at kmod/main.c:7!',
    'oops': 'Oops: 0002 [#1] PREEMPT SMP NOPTI',
    'oops of user-mode Linux': 'Kernel panic - not syncing: Kernel mode fault at addr 0x8',
    'null pointer': 'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    'atomic sleep': 'BUG: sleeping function called from invalid context at mm/slab.h:3',
    'scheduling': 'BUG: scheduling while atomic: insmod/69/0x00000002',
    'hung task': 'INFO: task rmmod:77 blocked for more than 61 seconds.',
    'RCU stall': 'rcu: INFO: rcu_sched self-detected stall on CPU',
    'soft lockup': 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [ip:61]',
    'kmemleak': 'kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
    'leaked object': 'unreferenced object 0x6200a8c0 (size 128):',
    'object debugging': 'ODEBUG: free active (active state 0) object: timer_list',
    'ref tracker': 'ref_tracker: net notrefcnt@60a2b8e0 has 1/1 users at',
    'device reference': 'unregister_netdevice: waiting for veth0 to become free. Usage count = 2',
    'refcount': 'refcount_t: underflow; use-after-free.',
    'list': 'list_del corruption. prev->next should be 60a0, but was 60b0',
    'slab': 'BUG levee_offender (Tainted: G O): Objects remaining on __kmem_cache_shutdown()',
    'allocation failure': 'ip: page allocation failure: order:9, mode:0x40dc0',
}

GOOD = 'TAP version 13\n1..2\nok 1 one\nok 2 two # SKIP no IPv6\n'
NESTED = '''KTAP version 1
1..2
    KTAP version 1
    # Subtest: map
    1..2
    ok 1 empty
    ok 2 full
ok 1 map
    KTAP version 1
    # Subtest: meter
    1..2
    ok 1 rate
    not ok 2 burst
not ok 2 meter
'''


def verdicts(text, code=0):
    return [r[1] for r in ktap.parse(text, code)]


def checks():
    yield 'a clean log is clean', not ktap.trouble(CLEAN)
    for name, line in SEEDED.items():
        yield f'log: {name} is found', ktap.trouble(CLEAN + f'[    3.0] {line}\n') != []
    yield 'log: allowed trouble is ignored', not ktap.trouble(
        '[ 1.0] x: page allocation failure: order:0', 'page allocation failure')
    yield 'log: other trouble is found all the same', ktap.trouble(
        '[ 1.0] UBSAN: array-index-out-of-bounds', 'page allocation failure') != []
    yield 'ktap: pass and skip', verdicts(GOOD) == ['pass', 'skip']
    yield 'ktap: the reason of a skip', ktap.parse(GOOD)[1][2] == 'no IPv6'
    yield 'ktap: not ok fails', 'fail' in verdicts('1..1\nnot ok 1 x\n', 1)
    yield 'ktap: a missing result fails', 'fail' in verdicts('1..3\nok 1 x\nok 2 y\n')
    yield 'ktap: a missing plan fails', 'fail' in verdicts('ok 1 x\n')
    yield 'ktap: silence fails', 'fail' in verdicts('')
    yield 'ktap: an exit status fails', 'fail' in verdicts('1..1\nok 1 x\n', 1)
    yield 'ktap: a timeout fails', 'fail' in verdicts('1..1\nok 1 x\n', 124)
    yield 'ktap: skipped as a whole', verdicts('1..0 # SKIP nothing\n', 4) == ['skip']
    yield 'ktap: leaves are counted', verdicts(NESTED) == ['pass', 'pass', 'pass', 'fail']
    yield 'ktap: a child that vanished fails', 'fail' in verdicts(
        NESTED.replace('    not ok 2 burst\n', '').replace('not ok 2 meter', 'ok 2 meter'))
    yield 'ktap: a parent that fails alone fails', 'fail' in verdicts(
        NESTED.replace('    not ok 2', '    ok 2'))


def main():
    results = list(checks())
    print('TAP version 13')
    print(f'1..{len(results)}')
    for number, (name, good) in enumerate(results, 1):
        print(f'{"ok" if good else "not ok"} {number} {name}')
    return 0 if all(good for _, good in results) else 1


if __name__ == '__main__':
    sys.exit(main())
