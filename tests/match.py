#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Random policies and packets, and which policy should decide about each.

usage: match.py GATEWAY DEV MAC ROUNDS

Runs in the client; GATEWAY is the network namespace with levee. Prints one line
for each comparison, "ok WHAT" or "bad WHAT: DETAILS".
"""
import ipaddress
import json
import random
import socket
import struct
import subprocess
import sys
import time
from collections import Counter

PACKETS = 200
QUESTIONS = 25
TCP, UDP, SCTP, UDPLITE, ICMP, ICMPV6, GRE = 6, 17, 132, 136, 1, 58, 47
WITH_PORTS = (TCP, UDP, SCTP, UDPLITE)
SOURCE = {4: "198.18.0.1", 6: "2001:db8:f::1"}
BASES = [ipaddress.ip_address(a) for a in (
    "203.0.113.10", "203.0.113.11", "203.0.113.200", "2001:db8:2::10", "2001:db8:2::11")]
EVERYWHERE = [ipaddress.ip_network(n) for n in ("0.0.0.0/0", "::/0")]


def levee(gateway, *args, text=None):
    return subprocess.run(["ip", "netns", "exec", gateway, "levee", *args], input=text,
                          capture_output=True, text=True, timeout=60, check=False)


class Policy:
    def __init__(self, rnd, name):
        self.name = name
        self.protos = rnd.sample((TCP, UDP, SCTP, UDPLITE, ICMP, ICMPV6, GRE),
                                 rnd.choice((0, 1, 1, 2)))
        self.ports = []
        if self.protos and set(self.protos) <= set(WITH_PORTS):
            starts = rnd.sample(range(0, 64, 8), rnd.choice((0, 1, 2, 3)))
            for start in starts:
                width = rnd.choice((1, 1, 2, 4, 8))
                self.ports.append((80 + start, 80 + start + width - 1))
        self.dst = set()
        for _ in range(rnd.choice((0, 1, 2)) if self.protos else 1):
            addr = rnd.choice(BASES)
            size = rnd.choice((0, 8, 24, 25, 31, 32) if addr.version == 4 else
                              (0, 32, 64, 127, 128))
            self.dst.add(ipaddress.ip_network((addr, size), strict=False))

    def line(self):
        words = ["policy add", self.name, "mode off"]
        if self.dst:
            words += ["dst", ",".join(map(str, self.dst))]
        if self.protos:
            words += ["proto", ",".join(map(str, self.protos))]
        if self.ports:
            words += ["dport", ",".join(f"{a}-{b}" for a, b in self.ports)]
        return " ".join(words)

    def spans(self):
        """As sets of (protocol, first port, last port); no port is 0."""
        if not self.protos:
            return [(None, 0, 65535)]
        return [(proto, *ports) for proto in self.protos
                for ports in self.ports or [(0, 65535)]]

    def rank(self, dst, proto, port):
        """(prefix length, -width), the higher the better; None if it does not match."""
        sizes = [net.prefixlen for net in self.dst or EVERYWHERE if dst in net]
        widths = [1 << 24 if p is None else last - first for p, first, last in self.spans()
                  if p in (None, proto) and first <= port <= last]
        return (max(sizes), -min(widths)) if sizes and widths else None

    def conflicts(self, other):
        if not set(self.dst or EVERYWHERE) & set(other.dst or EVERYWHERE):
            return False
        for p, a, b in self.spans():
            for q, c, d in other.spans():
                if p != q or b < c or d < a:
                    continue
                if (a, b) == (c, d) or not (a <= c and d <= b or c <= a and b <= d):
                    return True
        return False


def decide(policies, dst, proto, port):
    best, found = None, "default"
    for policy in policies:
        rank = policy.rank(dst, proto, port)
        if rank and (best is None or rank > best):
            best, found = rank, policy.name
    return found


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def transport(proto, port):
    if proto == TCP:
        return struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 0x50, 2, 1024, 0, 0)
    if proto in (UDP, UDPLITE):
        return struct.pack("!HHHH", 40000, port, 8, 0)
    if proto == SCTP:
        return struct.pack("!HHII", 40000, port, 0, 0)
    return struct.pack("!BBHI", 8 if proto == ICMP else 128, 0, 0, 0)


def packet(dst, proto, port):
    """An IP packet; without a port, of what has ports, a later fragment."""
    src = ipaddress.ip_address(SOURCE[dst.version]).packed
    fragment = proto in WITH_PORTS and not port
    data = bytes(16) if fragment else transport(proto, port)
    if dst.version == 4:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 7, 185 if fragment else 0,
                             64, proto, 0) + src + dst.packed
        return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + data
    if fragment:
        data = struct.pack("!BBHI", proto, 0, 185 << 3, 7) + data
        proto = 44
    return struct.pack("!IHBB", 6 << 28, len(data), proto, 64) + src + dst.packed + data


class Tester:
    def __init__(self, gateway, dev, mac):
        self.gateway = gateway
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.bind((dev, 0))
        self.link = bytes.fromhex(mac.replace(":", "")) + self.sock.getsockname()[4]

    def configure(self, rnd):
        """Returns the policies, and how many of those that conflict were taken."""
        policies, lines, refused = [], [], None
        for number in range(rnd.randrange(2, 16)):
            policy = Policy(rnd, f"p{number}")
            if any(policy.conflicts(p) for p in policies):
                refused = policy
            else:
                policies.append(policy)
                lines.append(policy.line())
        done = levee(self.gateway, "-b", "-", text="\n".join(lines + ["flush stats"]))
        if done.returncode:
            return policies, f"refused: {done.stderr}"
        if refused:
            done = levee(self.gateway, "-b", "-", text=refused.line())
            if done.returncode != 2 or "overlaps" not in done.stderr:
                return policies, f"not refused: {refused.line()}: {done.stderr}"
        return policies, None

    def counts(self):
        done = levee(self.gateway, "-j", "stats", "show")
        counts = Counter()
        for entry in json.loads(done.stdout)["stats"]:
            counts[entry["policy"]] += entry["passed-packets"]
        return Counter({k: n for k, n in counts.items() if n})

    def send(self, packets):
        for dst, proto, port in packets:
            kind = b"\x08\x00" if dst.version == 4 else b"\x86\xdd"
            self.sock.send(self.link + kind + packet(dst, proto, port))
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            counts = self.counts()
            if sum(counts.values()) >= len(packets):
                break
        return counts

    def ask(self, packets):
        lines = [f"policy match {dst} proto {proto}" + (f" dport {port}" if port else "")
                 for dst, proto, port in packets]
        done = levee(self.gateway, "-j", "-b", "-", text="\n".join(lines))
        return [json.loads(line)["policy"] for line in done.stdout.splitlines()]

    def round(self, seed):
        rnd = random.Random(seed)
        policies, wrong = self.configure(rnd)
        print(f"bad round {seed}: {wrong!r}" if wrong else f"ok round {seed}: policies")
        packets = []
        for _ in range(PACKETS):
            dst = rnd.choice(BASES)
            proto = rnd.choice((TCP, UDP, SCTP, UDPLITE, ICMP if dst.version == 4 else ICMPV6))
            port = rnd.choice((0, *range(76, 150))) if proto in WITH_PORTS else 0
            packets.append((dst, proto, port))
        want = [decide(policies, *p) for p in packets]
        got = self.send(packets)
        print(f"ok round {seed}: packets" if got == Counter(want) else
              f"bad round {seed}: packets: {got} instead of {Counter(want)}")
        got = self.ask(packets[:QUESTIONS])
        print(f"ok round {seed}: answers" if got == want[:QUESTIONS] else
              f"bad round {seed}: answers: {got} instead of {want[:QUESTIONS]}")
        levee(self.gateway, "-b", "-", text="".join(f"policy del {p.name}\n" for p in policies))


def main(gateway, dev, mac, rounds):
    tester = Tester(gateway, dev, mac)
    for seed in range(int(rounds)):
        tester.round(seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
