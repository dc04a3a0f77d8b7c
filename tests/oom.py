# Lets every allocation of a request fail in turn, by fault injection of the kernel.
# SPDX-License-Identifier: GPL-2.0
#
# usage: python3 oom.py CLIENT SCHEMA SPEC DEVICE
#
# Prints each message with which a request was refused, and "bad: ..." for a refusal that
# changed something or gave another reason. CLIENT is the kernel's ynl, as for ynl.py.

import ctypes
import errno
import os
import socket
import subprocess
import sys

import ynlonce

client, schema, spec, device = sys.argv[1:]
sys.path.insert(0, client)
ynlonce.install()
from lib import NlError, YnlFamily  # noqa: E402

MOST = 400      # allocations of one request
PREFIXES = [{'addr': 'c6336400', 'len': 24}, {'addr': 'c6336407', 'len': 32},
            {'addr': '20010db8000000000000000000000000', 'len': 32}]
INDEX = socket.if_nametoindex(device)
ENTRIES = [{'prefix': prefix, 'timeout': 1000, 'comment': 'x'} for prefix in PREFIXES]
POLICY = {'name': 'm', 'dst': PREFIXES, 'proto': [17], 'dport': [{'first': 53}]}
LIMIT = {'policy': 'www', 'class': 'udp', 'rate': 5}
BANS = {'policy': 'www', 'class': 'syn', 'rate': 5, 'ban-min': 60}
TOGETHER = {'policy': 'www', 'class': 'udp', 'per-v4': 0, 'per-v6': 0}
HOOK = {'type': 'device', 'ifindex': INDEX}
ALL = {'what': ['ruleset', 'hooks', 'tables', 'deny', 'reflect']}
BEGIN, ABORT = [('config-begin', ALL)], [('config-abort', {})]
UNLIST = [('list-flush', {'list': 'deny'})]

# What goes before, the request whose allocations fail, and what takes it back.
STORIES = [
    ([], ('policy-add', POLICY), [('policy-del', {'name': 'm'})]),
    ([], ('policy-add', {'name': 'www', 'proto': [6]}), []),
    ([], ('policy-set', {'name': 'www', 'dst': PREFIXES}),
     [('policy-set', {'name': 'www', 'clear': ['dst']})]),
    ([], ('limit-set', LIMIT), [('limit-del', {'policy': 'www', 'class': 'udp'})]),
    ([], ('limit-set', BANS), [('limit-del', {'policy': 'www', 'class': 'syn'})]),
    ([], ('limit-set', {**TOGETHER, 'rate': 5, 'fair': True}), [('limit-del', TOGETHER)]),
    ([], ('reflect-set', {'port': [53, 4000]}), [('reflect-set', {'builtin': True})]),
    ([], ('reflect-get', {}), []),
    ([], ('source-ban', {'prefix': PREFIXES[1], 'comment': 'x'}),
     [('source-unban', {'prefix': PREFIXES[1]})]),
    ([], ('hook-add', HOOK), [('hook-del', HOOK)]),
    ([('hook-add', HOOK)], ('table-set', {'slots': 2048, 'sources-max': 99}),
     [('table-set', {'slots': 1024, 'sources-max': 100}), ('hook-del', HOOK)]),
    ([], ('list-add', {'list': 'deny', 'entry': ENTRIES}), UNLIST),
    ([('list-add', {'list': 'deny', 'entry': ENTRIES})],
     ('list-del', {'list': 'deny', 'entry': [{'prefix': PREFIXES[0]}]}), UNLIST),
    ([('list-add', {'list': 'deny', 'entry': ENTRIES})], ('list-flush', {'list': 'deny'}),
     UNLIST),
    ([], ('policy-get', {'name': 'www'}), []),
    ([], ('policy-match', {'daddr': 'c6336407', 'saddr': 'c6336408'}), []),
    ([], ('table-get', {}), []),
    ([], ('list-test', {'addr': 'c6336407'}), []),
    ([], ('config-begin', ALL), ABORT),
    (BEGIN, ('policy-add', POLICY), ABORT),
    (BEGIN, ('limit-set', {**LIMIT, 'policy': 'default', 'class': 'any'}), ABORT),
    (BEGIN, ('list-add', {'list': 'deny', 'entry': ENTRIES}), ABORT),
    (BEGIN, ('hook-add', HOOK), ABORT),
    (BEGIN, ('reflect-set', {'port': [53]}), ABORT),
    (BEGIN + [('policy-add', POLICY), ('policy-add', {'name': 'www', 'proto': [6]}),
              ('hook-add', HOOK), ('table-set', {'slots': 4096}), ('reflect-set', {'port': [53]}),
              ('list-add', {'list': 'deny', 'entry': ENTRIES})],
     ('config-commit', {}),
     ABORT + [('hook-del', HOOK), ('policy-del', {'name': 'm'}), ('policy-del', {'name': 'www'}),
              ('policy-add', {'name': 'www', 'proto': [6]}),
              ('table-set', {'slots': 1024, 'sources-max': 100}),
              ('reflect-set', {'builtin': True})] + UNLIST),
]

STRAY = {'policy': 'default', 'class': 'tcp-stray'}

# Likewise, each time in a network namespace of its own: a table that was made stays.
PREROUTING = {'type': 'prerouting'}
FRESH = [
    ([], ('hook-add', PREROUTING), [('hook-del', PREROUTING)]),
    ([], ('limit-set', {**BANS, 'policy': 'default', 'class': 'any'}),
     [('limit-del', {'policy': 'default', 'class': 'any'})]),
    ([], ('source-ban', {'prefix': PREFIXES[0]}), [('source-unban', {'all': True})]),
    ([], ('policy-set', {'name': 'default', 'challenge': {'above': 5}}),
     [('policy-set', {'name': 'default', 'clear': ['challenge']})]),
    ([('hook-add', PREROUTING)], ('limit-set', {**STRAY, 'rate': 5}),
     [('limit-del', STRAY), ('hook-del', PREROUTING)]),
]


class Failing:
    """A socket whose next request finds no memory at its Nth allocation."""

    def __init__(self, sock):
        self.sock, self.nth, self.failed = sock, 0, False

    def send(self, *args):
        if not self.nth:
            return self.sock.send(*args)
        control = os.open('/proc/thread-self/fail-nth', os.O_RDWR)
        try:
            os.write(control, b'%d' % self.nth)
            return self.sock.send(*args)
        finally:
            left = int(os.pread(control, 20, 0))
            os.write(control, b'0')
            os.close(control)
            self.failed, self.nth = not left, 0

    def __getattr__(self, name):
        return getattr(self.sock, name)


def connect():
    family = YnlFamily(spec, '', process_unknown=True)
    family.sock = Failing(family.sock)
    return family


def state():
    return subprocess.run(['levee', 'save'], stdout=subprocess.PIPE, check=True).stdout


def quietly(family, requests):
    for name, attributes in requests:
        try:
            family.do(name, attributes)
        except NlError:
            pass


def attempt(family, request, nth):
    """The reason of a refusal, '' for none, None if its reply got no memory."""
    name, attributes = request
    family.sock.nth = nth
    try:
        family.do(name, attributes)
    except NlError as error:
        if error.error not in (-errno.ENOMEM, errno.ENOMEM) and name != 'policy-add':
            print(f'bad: {name} at {nth}: {error.error}')
        return (error.nl_msg.extack or {}).get('msg') or 'no reason'
    except OSError:
        return None
    return ''


def enter_fresh():
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):   # CLONE_NEWNET
        raise OSError(ctypes.get_errno(), 'unshare')


def tell(before, request, after, said, fresh=False):
    begun = state()
    for nth in range(1, MOST):
        if fresh:
            enter_fresh()
            begun = state()
        family = connect()
        quietly(family, before)
        middle = state() if before else begun
        message = attempt(family, request, nth)
        failed = family.sock.failed
        if message and state() != middle:
            print(f'bad: {request[0]} at {nth} has changed something: {message}')
        if message is None:     # what else its socket says would be taken for an answer
            family.sock.close()
            family = connect()
        if before or not message:
            quietly(family, after)
            if state() != begun:
                print(f'bad: {request[0]} at {nth} cannot be taken back')
        family.sock.close()
        if message:
            said.add(f'{request[0]}: {message}')
        if not failed:
            return
    print(f'bad: {request[0]} has no end')


def main():
    YnlFamily(spec, schema, process_unknown=True).sock.close()
    said = set()
    quietly(connect(), [('policy-add', {'name': 'www', 'proto': [6]}),
                        ('table-set', {'slots': 1024, 'sources-max': 100})])
    for before, request, after in STORIES:
        tell(before, request, after, said)
    for before, request, after in FRESH:
        tell(before, request, after, said, fresh=True)
    print('\n'.join(sorted(said)))


main()
