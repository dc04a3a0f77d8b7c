# Lets the kernel's own netlink client read a specification once, however many sockets it has.
# SPDX-License-Identifier: GPL-2.0
#
# Its loader is written in Python up to 6.12, and takes seconds in a slow guest.

import copy

import yaml

FAST = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
known = {}


def safe_load(stream):
    text = stream if isinstance(stream, str) else stream.read()
    if text not in known:
        known[text] = yaml.load(text, Loader=FAST)
    return copy.deepcopy(known[text])


def install():
    """To be called before the client is imported."""
    yaml.safe_load = safe_load
