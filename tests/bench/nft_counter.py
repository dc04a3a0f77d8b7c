#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Prints how many packets the counters in a netdev chain counted.

usage: nft_counter.py TABLE CHAIN

"nft list" would load all elements of the table's sets first, of which there may be
millions; this asks for the rules alone.
"""

import socket
import struct
import sys

NFPROTO_NETDEV = 5
NFNL_SUBSYS_NFTABLES = 10
NFT_MSG_GETRULE = 7
NETLINK_NETFILTER = 12
NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
NFTA_RULE_TABLE, NFTA_RULE_CHAIN, NFTA_RULE_EXPRESSIONS = 1, 2, 4
NFTA_LIST_ELEM = 1
NFTA_EXPR_NAME, NFTA_EXPR_DATA = 1, 2
NFTA_COUNTER_PACKETS = 2
TYPE_MASK = 0x3fff


def put_string(kind, text):
    data = text.encode() + b"\0"
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def attributes(data):
    """Yields (type, payload) of each attribute."""
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4:
            return
        yield kind & TYPE_MASK, data[4:length]
        data = data[(length + 3) & ~3:]


def counted(rule):
    """Sum over the counters of one rule."""
    total = 0
    expressions = dict(attributes(rule)).get(NFTA_RULE_EXPRESSIONS, b"")
    for kind, element in attributes(expressions):
        parts = dict(attributes(element))
        if kind == NFTA_LIST_ELEM and parts.get(NFTA_EXPR_NAME) == b"counter\0":
            data = dict(attributes(parts[NFTA_EXPR_DATA]))
            total += struct.unpack("!Q", data[NFTA_COUNTER_PACKETS])[0]
    return total


def main():
    body = struct.pack("=BBH", NFPROTO_NETDEV, 0, 0)
    body += put_string(NFTA_RULE_TABLE, sys.argv[1]) + put_string(NFTA_RULE_CHAIN, sys.argv[2])
    total = 0
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as sock:
        sock.send(struct.pack("=IHHII", 16 + len(body),
                              NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE,
                              NLM_F_REQUEST | NLM_F_DUMP, 1, 0) + body)
        while True:
            data = sock.recv(65536)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind == NLMSG_DONE:
                    print(total)
                    return 0
                if kind == NLMSG_ERROR:
                    return 1
                total += counted(data[20:length])
                data = data[(length + 3) & ~3:]


if __name__ == "__main__":
    sys.exit(main())
