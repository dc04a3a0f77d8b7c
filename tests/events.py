#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sends what events.sh wants to be told of.

usage: events.py MAC ADDRESS4 ADDRESS6 SECONDS SMALL AGGREGATES

For so many seconds, each second SMALL packets of UDP to ADDRESS4 from one source that
does not exist, and AGGREGATES of 64 packets each to ADDRESS6 from this host; MAC is the
next hop's. What is late is not made up for. Prints how many of both were sent a second.
"""
import socket
import sys
import time

from limits import UDP_SEGMENT, udp_packet

SEGMENTS = 64
SIZE = 100	# bytes in each of them
SOURCE = "198.18.9.1"


def main(mac, addr4, addr6, seconds, small, aggregates):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind(("eth0", 0))
    frame = bytes.fromhex(mac.replace(":", "")) + raw.getsockname()[4] + b"\x08\x00"
    frame += udp_packet(SOURCE, addr4, 100)
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_UDP, UDP_SEGMENT, SIZE)
    sent = [0, 0]
    rates = [small, aggregates]
    senders = [lambda: raw.send(frame),
               lambda: udp.sendto(bytes(SEGMENTS * SIZE), (addr6, 9))]
    begin = now = time.monotonic()
    due = [begin if rate else float("inf") for rate in rates]
    while now - begin < seconds:
        turn = due.index(min(due))
        time.sleep(max(0, due[turn] - now))
        now = time.monotonic()
        senders[turn]()
        sent[turn] += 1
        due[turn] = max(due[turn] + 1 / rates[turn], now)
    took = time.monotonic() - begin
    print(int(sent[0] / took), int(sent[1] * SEGMENTS / took))


if __name__ == "__main__":
    main(*sys.argv[1:4], *(float(arg) for arg in sys.argv[4:]))
