#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sends what examples.sh counts: packets of all classes, in the name of others.

usage: examples.py DEV MAC <LINES

Each line is COUNT CLASS SOURCE DESTINATION PORT, all of IPv4. With the source "many",
each packet has another one, in a network of its own. Class reflect is SYN/ACK to a port
of TCP, and "amplified" is UDP from port 123; both are of class reflect. "stray" is TCP
like class tcp, but from who has no connection. With "says-tcp" the source
is a service at that port, which sends something to a client.
"""
import socket
import struct
import sys

SYN, ACK = 0x02, 0x10


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def tcp(port, flags, sport=40000):
    return 6, 0, struct.pack("!HHIIBBHHH", sport, port, 1, 1, 5 << 4, flags, 1000, 0, 0)


def udp(sport, port):
    return 17, 0, struct.pack("!HHHH", sport, port, 16, 0) + bytes(8)


def payload(cls, port):
    """Protocol, fragment offset in units of 8 bytes, and what is behind the IP header."""
    return {
        "syn": lambda: tcp(port, SYN),
        "tcp": lambda: tcp(port, ACK),
        "stray": lambda: tcp(port, ACK),
        "says-tcp": lambda: tcp(40000, ACK, port),
        "reflect": lambda: tcp(port, SYN | ACK),
        "amplified": lambda: udp(123, port),
        "udp": lambda: udp(40000, port),
        "icmp": lambda: (1, 0, struct.pack("!BBHHH", 8, 0, 0xf7fe, 0, 1)),
        "frag": lambda: (17, 185, bytes(64)),
        "other": lambda: (47, 0, bytes(16)),
    }[cls]()


def packet(src, dst, proto, offset, data):
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 1, offset, 64, proto, 0)
    header += socket.inet_aton(src) + socket.inet_aton(dst)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + data


def main(dev, mac):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((dev, 0))
    link = bytes.fromhex(mac.replace(":", "")) + sock.getsockname()[4] + b"\x08\x00"
    for line in sys.stdin:
        count, cls, src, dst, port = line.split()
        what = payload(cls, int(port))
        for i in range(int(count)):
            name = f"198.18.{i % 250}.{1 + i // 250}" if src == "many" else src
            sock.send(link + packet(name, dst, *what))


if __name__ == "__main__":
    main(*sys.argv[1:])
