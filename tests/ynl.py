# Lets the kernel's own netlink client carry out requests, as a specification describes them.
# SPDX-License-Identifier: GPL-2.0
#
# usage: python3 ynl.py CLIENT SCHEMA SPEC
#
# CLIENT is the folder in which the kernel's source has the package "lib" with
# YnlFamily. Each line of standard input is a request, "do OPERATION JSON" or
# "dump OPERATION JSON"; each line of output is what came of it: {"reply": ...} or
# {"error": NUMBER, "extack": {...}}. "listen GROUP {}" joins a multicast group, "wait -
# {}" waits up to 10 seconds for the next notification. Nor is "open" a request: what
# follows uses a new socket, and the one before stays; "close" goes back to that; "sh
# COMMAND" runs a command.

import json
import select
import subprocess
import sys
import time

sys.dont_write_bytecode = True
client, schema, spec = sys.argv[1:]
sys.path.insert(0, client)
from lib import NlError, YnlFamily  # noqa: E402


def plain(value):
    """What JSON has no type for."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


# The client of 6.12 does not know padding, which kernels send for machines that
# want 64-bit values aligned. What it is told to put up with is looked for below.
families = [YnlFamily(spec, schema, process_unknown=True)]


def notification():
    """The queue is a list in 6.12, and later one with get_nowait()."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        family.check_ntf()
        waiting = family.async_msg_queue
        if isinstance(waiting, list):
            if waiting:
                return waiting.pop(0)
        elif not waiting.empty():
            return waiting.get_nowait()
        select.select([family.sock], [], [], 0.1)
    return None


def carry_out(kind, operation, attributes):
    if kind == 'listen':
        return family.ntf_subscribe(operation)
    if kind == 'wait':
        return notification()
    return getattr(family, kind)(operation, attributes)


for line in sys.stdin:
    if line.startswith('sh '):
        subprocess.run(line[3:], shell=True, check=True)
        continue
    if line == 'open\n':
        families.append(YnlFamily(spec, schema, process_unknown=True))
        continue
    if line == 'close\n':
        families.pop().sock.close()
        continue
    family = families[-1]
    kind, operation, attributes = line.split(None, 2)
    try:
        result = {'reply': carry_out(kind, operation, json.loads(attributes))}
    except NlError as error:
        result = {'error': error.error, 'extack': error.nl_msg.extack or {}}
    text = json.dumps(result, default=plain)
    if 'UnknownAttr(' in text:
        sys.exit(f'the specification lacks an attribute: {text}')
    print(text, flush=True)
