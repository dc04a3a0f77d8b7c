# SPDX-License-Identifier: GPL-2.0
"""Forger of tests/solicited.sh and tests/stray.sh: IPv4 packets in anybody's name.

solicited.py DESTINATION, and on standard input lines KIND SOURCE COUNT [PORT]: COUNT
packets from SOURCE and the addresses behind it. KIND is udp (from PORT), synack, rst,
rstack, ack, finack, echo (a reply) or frag (of UDP, not the first).
"""
import socket
import struct
import sys

FLAGS = {"synack": 0x12, "rst": 0x04, "rstack": 0x14, "ack": 0x10, "finack": 0x11}


def checksum(data):
    """Internet checksum of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def payload(kind, port):
    """What is behind the IP header, and its protocol."""
    if kind == "udp":
        return struct.pack("!HHHH", port, 40000, 8 + 400, 0) + bytes(400), 17
    if kind == "frag":
        return bytes(400), 17
    if kind == "echo":
        echo = struct.pack("!BBHHH", 0, 0, 0, 1, 1)
        return struct.pack("!BBHHH", 0, 0, checksum(echo), 1, 1), 1
    return struct.pack("!HHIIBBHHH", 443, 40000, 1, 1, 0x50, FLAGS[kind], 512, 0, 0), 6


def main():
    """As standard input says."""
    destination = sys.argv[1]
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for line in sys.stdin:
        kind, source, count, *port = line.split()
        body, proto = payload(kind, int(port[0]) if port else 0)
        offset = 185 if kind == "frag" else 0
        first = struct.unpack("!I", socket.inet_aton(source))[0]
        head = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, offset, 64, proto, 0)
        tail = socket.inet_aton(destination) + body
        for host in range(first, first + int(count)):
            sock.sendto(head + struct.pack("!I", host) + tail, (destination, 0))


main()
