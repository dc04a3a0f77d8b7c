# Lets the kernel's own netlink client carry out requests, as a specification describes them.
# SPDX-License-Identifier: GPL-2.0
#
# usage: python3 ynl.py CLIENT SCHEMA SPEC RESULTS
#
# CLIENT is the folder in which the kernel's source has the package "lib" with YnlFamily. Each
# line of standard input is a request, "do OPERATION JSON" or "dump OPERATION JSON"; each line
# of the file RESULTS is what came of it: {"reply": ...} or {"error": NUMBER, "extack": {...}}.
# "listen GROUP {}" joins a multicast group, "wait - {}" waits up to 10 seconds for the next
# notification. "ask" begins with new RESULTS, "end" prints that all before is done. "look N
# EXPR" prints what EXPR says of the Nth result "j" and its reply "r", "look FILE EXPR" of the
# JSON in a file. Nor is "open" a request: what follows uses a new socket, and the one before
# stays; "close" goes back to that; "sh COMMAND" runs a command.

import json
import select
import subprocess
import sys
import time

import ynlonce

client, schema, spec, path = sys.argv[1:]
sys.path.insert(0, client)
ynlonce.install()
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


def notification(family):
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


def carry_out(family, kind, operation, attributes):
    # The client of 6.12 can only listen with a socket that does nothing else.
    if kind == 'listen':
        families.append(YnlFamily(spec, '', process_unknown=True))
        return families[-1].ntf_subscribe(operation)
    if kind == 'wait':
        told = notification(family)
        families.pop().sock.close()
        return told
    return getattr(family, kind)(operation, attributes)


def request(line):
    kind, operation, attributes = line.split(None, 2)
    try:
        result = {'reply': carry_out(families[-1], kind, operation, json.loads(attributes))}
    except NlError as error:
        result = {'error': error.error, 'extack': error.nl_msg.extack or {}}
    text = json.dumps(result, default=plain)
    if 'UnknownAttr(' in text:
        sys.exit(f'the specification lacks an attribute: {text}')
    return text


def look(which, expr):
    """What an expression says, in one line."""
    try:
        j = json.loads(results[int(which) - 1]) if which.isdigit() else json.load(open(which))
        value = eval(expr, {'j': j, 'r': j.get('reply') if isinstance(j, dict) else None})
    except Exception as error:  # to be seen where the result is
        value = repr(error)
    text = value if isinstance(value, (str, int, float)) else json.dumps(value)
    return str(text).replace('\n', '\x1f')


results = []
with open(path, 'w') as file:
    for line in sys.stdin:
        word, _, rest = line.rstrip('\n').partition(' ')
        if word == 'ask':
            results.clear()
            file.seek(0)
            file.truncate()
        elif word == 'end':
            print('done', flush=True)
        elif word == 'look':
            print(look(*rest.split(' ', 1)), flush=True)
        elif word == 'sh':
            subprocess.run(rest, shell=True, check=True)
        elif word == 'open':
            families.append(YnlFamily(spec, '', process_unknown=True))
        elif word == 'close':
            families.pop().sock.close()
        else:
            results.append(request(line))
            print(results[-1], file=file, flush=True)
