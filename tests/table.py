#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sends UDP packets, each from another source address; for table.sh.

usage: table.py DEV MAC ADDRESS FIRST COUNT [RATE]

The sources are FIRST, FIRST + 1, ... in 198.18.0.0/15; MAC is the next hop's.
With RATE they send so many packets per second, in turn and without an end.
"""
import itertools
import socket
import struct
import sys
import time


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def frame(mac, source, destination):
    udp = struct.pack("!4H", 9, 9, 8, 0)
    addresses = struct.pack("!I", source) + destination
    start = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP)
    header = start + struct.pack("!H", checksum(start + b"\0\0" + addresses)) + addresses
    return mac + bytes([2, 0, 0, 0, 0, 1]) + b"\x08\x00" + header + udp


def send_evenly(sock, frames, rate):
    """Never faster than RATE: a packet that is late is not made up for."""
    due = time.monotonic()
    for packet in itertools.cycle(frames):
        sock.send(packet)
        due = max(due + 1 / rate, time.monotonic() - 1 / rate)
        time.sleep(max(0, due - time.monotonic()))


def main(dev, mac, address, first, count, rate=None):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((dev, 0))
    mac = bytes.fromhex(mac.replace(":", ""))
    destination = socket.inet_aton(address)
    base = struct.unpack("!I", socket.inet_aton("198.18.0.0"))[0] + int(first)
    frames = (frame(mac, source, destination) for source in range(base, base + int(count)))
    if rate:
        send_evenly(sock, frames, int(rate))
    for packet in frames:
        sock.send(packet)


if __name__ == "__main__":
    main(*sys.argv[1:])
