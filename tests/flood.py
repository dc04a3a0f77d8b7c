# Traffic that a flood must not disturb, and who counts what arrives; for flood.sh.
# SPDX-License-Identifier: GPL-2.0
#
# usage: flood.py receive PORT            until a signal; prints "good N heavy N"
#        flood.py send ADDRESS PORT SECONDS GOOD RATE HEAVY_RATE
#                                         prints "good N heavy N seconds S"
#
# Sources 198.18.0.1 to 198.18.0.GOOD send RATE packets/s each, 198.18.1.1 HEAVY_RATE.
import ipaddress
import signal
import socket
import sys
import time

FIRST = ipaddress.ip_address("198.18.0.1")
HEAVY = "198.18.1.1"
SO_RCVBUFFORCE = 33


def receive(port):
    """Counts in the kernel's buffer's time: nothing is lost while this waits."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 128 << 20)
    sock.bind(("0.0.0.0", port))
    ends = []
    signal.signal(signal.SIGTERM, lambda *_: ends.append(True))
    sock.settimeout(0.2)
    count = {False: 0, True: 0}
    print("ready", flush=True)
    while True:
        try:
            _, (addr, _) = sock.recvfrom(64)
        except TimeoutError:
            if ends:
                break
            continue
        count[addr == HEAVY] += 1
    print("good", count[False], "heavy", count[True], flush=True)


def source(addr, to, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((addr, 0))
    sock.connect((to, port))
    return sock


def send(to, port, seconds, good, rate, heavy_rate):
    """All sources in turn, evenly; what is late is not made up for."""
    goods = [source(str(FIRST + i), to, port) for i in range(good)]
    heavy = source(HEAVY, to, port)
    sent = {"good": 0, "heavy": 0}
    step = 1 / rate / good
    per_step = heavy_rate * step
    owed, turn = 0.0, 0
    begin = due = now = time.monotonic()
    while now - begin < seconds:
        goods[turn % good].send(b"levee")
        turn += 1
        sent["good"] += 1
        owed += per_step
        while owed >= 1:
            heavy.send(b"levee")
            sent["heavy"] += 1
            owed -= 1
        due = max(due + step, now)
        delay = due - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        now = time.monotonic()
    print("good", sent["good"], "heavy", sent["heavy"], "seconds", f"{now - begin:.3f}")


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        receive(int(sys.argv[2]))
    else:
        send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]),
             float(sys.argv[6]), float(sys.argv[7]))
