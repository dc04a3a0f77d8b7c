# Configurations that mark each packet with what judged it, traffic, and a judge; for atomic.sh.
# SPDX-License-Identifier: GPL-2.0
#
# usage: atomic.py config A|B POLICIES PREFIXES    prints a configuration
#        atomic.py send POLICIES PREFIXES [ROUNDS] UDP, until a signal without ROUNDS
#        atomic.py judge POLICIES PREFIXES         of nft's JSON on standard input
#
# Both configurations have the same policies with the same limits, but give each prefix to
# another policy, and other marks. All limits are over, so a packet gets two marks: one
# limit's, which names configuration and policy, and another's, which names the
# configuration again. A packet that was judged by parts of both, or met no policy because
# there was none for its destination at that moment, has a mark that neither gives.
import ipaddress
import json
import socket
import sys
import time

SAMPLES = 64            # destinations that packets are sent to
PORT = 9
SIGN = {"A": 1, "B": 2}
STRAY = 0xff0000        # mark of what met no policy


def prefixes(count):
    """Seven of ten are IPv4."""
    four = count * 7 // 10
    base = int(ipaddress.ip_address("198.18.0.0"))
    for i in range(four):
        yield f"{ipaddress.ip_address(base + 8 * i)}/29"
    for i in range(count - four):
        yield f"2001:db8:{i:x}::/64"


def owner(which, prefix, policies):
    return prefix % policies if which == "A" else (7 * prefix + 3) % policies


def mark(which, policy):
    return SIGN[which] | policy << 8 | SIGN[which] << 4


def config(which, policies, count):
    dst = [[] for _ in range(policies)]
    for i, prefix in enumerate(prefixes(count)):
        dst[owner(which, i, policies)].append(prefix)
    order = range(policies) if which == "A" else reversed(range(policies))
    sign = SIGN[which]
    for i in order:
        print(f"policy add p{i} dst {','.join(dst[i])} mode enforce")
        print(f"limit set p{i} udp rate 1/d burst 1 per 0 mark {sign | i << 8:#x}/0xfff0f")
        print(f"limit set p{i} any rate 1/d burst 1 per 0 mark {sign << 4:#x}/0xf0")
        print(f"limit set p{i} syn rate {50 + i + sign}/s")
        print(f"limit set p{i} icmp rate {100 * sign}/s per 24,48")
    print("policy set default mode enforce")
    print("limit flush default")
    print(f"limit set default udp rate 1/d burst 1 per 0 mark {STRAY:#x}")
    print("hook add dev eth0")


def samples(count):
    four = count * 7 // 10
    base = int(ipaddress.ip_address("198.18.0.0"))
    for n in range(SAMPLES):
        prefix = n * four // SAMPLES
        yield prefix, str(ipaddress.ip_address(base + 8 * prefix + 1))


def send(policies, count, rounds):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    targets = [(address, PORT) for _, address in samples(count)]
    while rounds is None or rounds > 0:
        for target in targets:
            try:
                sock.sendto(b"levee", target)
            except OSError:
                time.sleep(0.001)
        if rounds is not None:
            rounds -= 1


def judge(policies, count):
    right = {(address, mark(which, owner(which, prefix, policies))): which
             for prefix, address in samples(count) for which in SIGN}
    seen = {"A": 0, "B": 0, "neither": 0}
    for item in json.load(sys.stdin)["nftables"]:
        for elem in item.get("set", {}).get("elem", []):
            address, value = elem["elem"]["val"]["concat"]
            which = right.get((address, value), "neither")
            packets = elem["elem"]["counter"]["packets"]
            seen[which] += packets
            if which == "neither" and packets:
                print(f"{packets} packets to {address} with mark {value:#x}", file=sys.stderr)
    print(*seen.values())


def main():
    what, *args = sys.argv[1:]
    if what == "config":
        config(args[0], int(args[1]), int(args[2]))
    elif what == "send":
        send(int(args[0]), int(args[1]), int(args[2]) if len(args) > 2 else None)
    else:
        judge(int(args[0]), int(args[1]))


main()
