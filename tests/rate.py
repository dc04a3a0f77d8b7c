#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sends UDP at an even rate from one or more CPUs; for rate.sh.

usage: rate.py ADDRESS RATE BYTES SECONDS CPU...

BYTES are those of each IP packet. Prints the number of packets sent and the seconds from the first to the last.
"""
import multiprocessing
import os
import socket
import sys
import time


def send(addr, rate, length, seconds, cpu, start, result):
    """Never faster than RATE: a packet that is late is not made up for."""
    os.sched_setaffinity(0, {cpu})
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.connect((addr, 9))
    payload = bytes(length - (48 if family == socket.AF_INET6 else 28))
    start.wait()
    interval, sent = 1 / rate, 0
    first = last = due = time.monotonic()
    while last - first < seconds:
        try:
            sock.send(payload)
        except ConnectionRefusedError:
            # The answer to an earlier packet; this one was not sent.
            continue
        sent += 1
        due = max(due + interval, time.monotonic() - interval)
        delay = due - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        last = time.monotonic()
    result.put((sent, first, last))


def main(addr, rate, length, seconds, *cpus):
    start = multiprocessing.Barrier(len(cpus))
    result = multiprocessing.Queue()
    senders = [multiprocessing.Process(
        target=send, args=(addr, int(rate) / len(cpus), int(length),
                           float(seconds), int(cpu), start, result)) for cpu in cpus]
    for sender in senders:
        sender.start()
    rows = [result.get() for _ in senders]
    for sender in senders:
        sender.join()
    print(sum(row[0] for row in rows),
          f"{max(row[2] for row in rows) - min(row[1] for row in rows):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
