#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sources that send more than there is, and who counts what comes of it; for fair.sh.

usage: fair.py FROM-NETNS TO-NETNS SETTLE SECONDS GROUP...

A GROUP is "NAME|FIRST|COUNT|PPS[|zipf or |pulse=SECONDS]": COUNT sources from the address FIRST on, that
together send PPS packets/s: evenly, or as 1, 1/2, 1/3, ...; with pulses, for so long, then for so long
nothing, and PPS is while they send. What is late is not made up for.

They send UDP from FROM-NETNS's eth0 to the gateway, which forwards to the server. What they send for SECONDS
after SETTLE seconds is counted, and what of it arrives at eth0 of TO-NETNS. Prints JSON: "seconds", "exact"
(packets/s: the max-min fair allowance for $RATE, from what was sent), "seen" (what the command $LOOK says
meanwhile: of several times the one with the median allowance), "stall" (for how many seconds the machine let them
wait at most), "late" (the share of the time in which it did not let them send), "sent" and "passed" in all, and each
group's "sent", "passed", "below" (of sources that sent 0.95 of the exact allowance at the most: sent,
passed) and "above" (of those that sent twice as much: mean passed per second).
"""
import ctypes
import ipaddress
import json
import os
import random
import socket
import struct
import subprocess
import sys
import time

TICK = 0.005
LOOKS = 5
COUNTED, OTHER = b"levee: counted", b"levee: warming"
BATCH = 256
ETH_P_IP, ETH_P_IPV6, PORT = 0x0800, 0x86dd, 9
SO_RCVBUFFORCE = 33
PACKET_OUTGOING = 4
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("len", ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32),
                ("iov", ctypes.POINTER(Iovec)), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Mmsghdr(ctypes.Structure):
    _fields_ = [("hdr", Msghdr), ("len", ctypes.c_uint32)]


def enter(netns):
    with open(f"/run/netns/{netns}") as ns:
        if libc.setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def frame(macs, src, dst, payload):
    """A packet that is forwarded; nobody looks at the checksum of its UDP over IPv4."""
    udp = struct.pack("!HHHH", 4000, PORT, 8 + len(payload), 0)
    if src.version == 4:
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0,
                           src.packed, dst.packed)
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        return macs + struct.pack("!H", ETH_P_IP) + head + udp + payload
    pseudo = src.packed + dst.packed + struct.pack("!II", 8 + len(payload), 17)
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp + payload) or 0xffff)
    head = struct.pack("!IHBB", 6 << 28, 8 + len(payload), 17, 64)
    return macs + struct.pack("!H", ETH_P_IPV6) + head + src.packed + dst.packed + udp + payload


class Source:
    def __init__(self, addr, pps, make):
        self.addr, self.pps = addr.packed, pps
        self.data = [make(addr, payload) for payload in (OTHER, COUNTED)]
        self.credit, self.sent = 0.5, 0


class Group:
    def __init__(self, text, make):
        self.name, first, count, pps, *how = text.split("|")
        self.pps, self.credit, self.next = float(pps), 0.0, 0
        self.zipf = how == ["zipf"]
        self.pulse = float(how[0].split("=")[1]) if how and not self.zipf else 0.0
        weights = [1 / (i + 1) if self.zipf else 1.0 for i in range(int(count))]
        first, whole = ipaddress.ip_address(first), sum(weights)
        self.sources = [Source(first + i, self.pps * w / whole, make)
                        for i, w in enumerate(weights)]

    def due(self, since, step):
        """Who is to send a packet, some of them more than one."""
        if self.pulse and int(since / self.pulse) % 2:
            return
        if not self.zipf:
            # In turn, so that those who have nothing to send take no time.
            self.credit += self.pps * step
            while self.credit >= 1:
                self.credit -= 1
                self.next = (self.next + 1) % len(self.sources)
                yield self.sources[self.next]
            return
        self.next = (self.next + 397) % len(self.sources)
        for source in self.sources[self.next:] + self.sources[:self.next]:
            source.credit += source.pps * step
            while source.credit >= 1:
                source.credit -= 1
                yield source


class Sender:
    """Sends many packets in one call."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.bind(("eth0", 0))
        self.iov = (Iovec * BATCH)()
        self.msgs = (Mmsghdr * BATCH)()
        for i in range(BATCH):
            self.msgs[i].hdr.iov = ctypes.pointer(self.iov[i])
            self.msgs[i].hdr.iovlen = 1

    def send(self, packets):
        for at in range(0, len(packets), BATCH):
            some = packets[at:at + BATCH]
            for i, data in enumerate(some):
                self.iov[i].base, self.iov[i].len = data, len(data)
            done = 0
            while done < len(some):
                sent = libc.sendmmsg(self.sock.fileno(), ctypes.byref(self.msgs[done]),
                                     len(some) - done, 0)
                if sent <= 0:
                    raise OSError(ctypes.get_errno(), "sendmmsg")
                done += sent


def receive(netns, end, pipe):
    """Counts by source what arrives of what is to be counted."""
    enter(netns)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    sock.bind(("eth0", 3))
    sock.settimeout(0.1)
    os.write(pipe, b"+")
    counts = {}
    while True:
        try:
            data, (_, proto, kind, _, _) = sock.recvfrom(128)
        except TimeoutError:
            # What is waiting is read, however late.
            if time.monotonic() < end:
                continue
            break
        # An ICMP error that goes back has it, too.
        if kind == PACKET_OUTGOING or not data.endswith(COUNTED):
            continue
        addr = data[12:16] if proto == ETH_P_IP else data[8:24]
        counts[addr] = counts.get(addr, 0) + 1
    with os.fdopen(pipe, "w") as out:
        json.dump({addr.hex(): count for addr, count in counts.items()}, out)


def run(groups, begin, end, look):
    """Counts what all sources send between two times, and has a look now and then."""
    sender = Sender()
    start = last = time.monotonic()
    stall = late = 0.0
    looks, looking = [], None
    while last < end or looking or not looks:
        if looking and looking.poll() is not None:
            looks.append(json.loads(looking.communicate()[0]))
            looking = None
        elif not looking and (last < end or not looks) and \
                last >= begin + (end - begin) * (len(looks) + 1) / (LOOKS + 1):
            looking = subprocess.Popen(look, stdout=subprocess.PIPE, shell=True)
        now = time.monotonic()
        if now < last + TICK:
            time.sleep(last + TICK - now)
            now = time.monotonic()
        # A stall of the machine is no burst of the sources.
        step, counts, packets = min(now - last, 4 * TICK), begin <= now < end, []
        if begin - 1 < now < end:
            stall = max(stall, now - last)
            late += now - last - step
        last = now
        for group in groups:
            for source in group.due(now - start, step):
                packets.append(source.data[counts])
                source.sent += counts
        random.shuffle(packets)
        sender.send(packets)
    looks.sort(key=lambda limits: limits[0].get("fair-allowance-milli", 0))
    return {"stall": stall, "late": late / (end - begin + 1), "seen": looks[len(looks) // 2]}


def exact_allowance(rates, rate):
    """The allowance A with sum(min(r, A)) = rate; 0 if there is enough for all."""
    left, rates = rate, sorted(rates)
    for i, r in enumerate(rates):
        if r * (len(rates) - i) >= left:
            return left / (len(rates) - i)
        left -= r
    return 0


def report(groups, passed, seconds, seen):
    every = [s for g in groups for s in g.sources]
    exact = exact_allowance([s.sent / seconds for s in every], float(os.environ["RATE"]))
    out = {"seconds": seconds, "exact": exact, "sent": sum(s.sent for s in every),
           "passed": sum(passed.values()), **seen}
    for group in groups:
        got = {s: passed.get(s.addr.hex(), 0) for s in group.sources}
        below = [s for s in group.sources if s.sent / seconds < 0.95 * exact]
        above = [s for s in group.sources if s.sent / seconds > 2 * exact]
        out[group.name] = {
            "sent": sum(s.sent for s in group.sources), "passed": sum(got.values()),
            "below": [sum(s.sent for s in below), sum(got[s] for s in below)],
            "above": sum(got[s] for s in above) / seconds / max(1, len(above))}
    print(json.dumps(out))


def main(from_ns, to_ns, settle, seconds, *texts):
    macs, server4, server6 = os.environ["MACS"], os.environ["SERVER4"], os.environ["SERVER6"]
    macs = bytes.fromhex(macs.replace(":", ""))

    def make(src, payload):
        to = ipaddress.ip_address(server4 if src.version == 4 else server6)
        return frame(macs, src, to, payload)

    groups = [Group(text, make) for text in texts]
    here, there = os.pipe()
    begin = time.monotonic() + 0.5 + float(settle)
    end = begin + float(seconds)
    child = os.fork()
    if not child:
        os.close(here)
        receive(to_ns, end + 0.5, there)
        os._exit(0)
    os.close(there)
    enter(from_ns)
    with os.fdopen(here, "rb", buffering=0) as result:
        result.read(1)
        seen = run(groups, begin, end, os.environ["LOOK"])
        counts = json.loads(b"".join(iter(lambda: result.read(1 << 16), b"")))
    os.waitpid(child, 0)
    report(groups, counts, float(seconds), seen)


if __name__ == "__main__":
    main(*sys.argv[1:])
