#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Writes a capture with every class of packet from many sources; for monitor.sh.

usage: monitor.py FILE
"""
import random
import socket
import struct
import sys

PACKETS = 8000
SOURCES = 60


def tcp(flags):
    return 6, struct.pack("!HHIIBBHHH", 4000, 80, 1, 1, 0x50, flags, 1024, 0, 0)


def udp(sport):
    return 17, struct.pack("!HHHH", sport, 9, 16, 0) + bytes(8)


# Class or fault, and a function that makes its transport.
KINDS = [
    lambda: tcp(0x02), lambda: tcp(0x10), lambda: tcp(0x12),
    lambda: udp(4000), lambda: udp(53), lambda: (47, bytes(16)),
    lambda: (1, struct.pack("!BBHHH", 8, 0, 0, 1, 1)),
    lambda: tcp(0x00), lambda: tcp(0x03),
]


def ipv4(host, proto, payload, offset=0):
    return b"\x08\x00" + struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, offset, 64, proto, 0,
        socket.inet_aton(f"198.18.{host // 256}.{host % 256}"),
        socket.inet_aton("203.0.113.10")) + payload


def ipv6(host, proto, payload):
    proto = 58 if proto == 1 else proto
    return b"\x86\xdd" + struct.pack(
        "!IHBB16s16s", 6 << 28, len(payload), proto, 64,
        socket.inet_pton(socket.AF_INET6, f"2001:db8:{host:x}::1"),
        socket.inet_pton(socket.AF_INET6, "2001:db8:2::10")) + payload


def frame(rng):
    host = min(rng.randrange(SOURCES), rng.randrange(SOURCES))
    if rng.random() < 0.1:
        return ipv4(host, 17, bytes(64), 185)
    proto, payload = rng.choice(KINDS)()
    make = rng.choice((ipv4, ipv6))
    return make(host, proto, payload)


def main(path):
    rng = random.Random(20221123)
    with open(path, "wb") as out:
        out.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number in range(PACKETS):
            data = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + frame(rng)
            out.write(struct.pack("=IIII", number // 1000000, number % 1000000,
                                  len(data), len(data)) + data)


if __name__ == "__main__":
    main(sys.argv[1])
