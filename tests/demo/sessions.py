#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Those who had something to do with the site's network before the attack began.

usage: sessions.py resolve RESOLVER LOG         ask a name server again and again
       sessions.py download HOST SOURCE LOG     read a long file slowly, check all of it
       sessions.py answer ADDRESS PORT          a host to log in to
       sessions.py login HOST PORT SOURCE LOG   log in there; type only when told to

Each writes lines "TIME WHAT VALUE" to LOG until it is killed.
resolve: an answer took VALUE ms ("short" or "long"), or none came ("failed").
download: VALUE bytes were read so far ("bytes"); SIGUSR1 has it read the rest at once
  ("whole" or "broken"). login: SIGUSR1 has it type a line, whose echo took VALUE ms ("echo",
  or "broken").
"""
import os
import random
import signal
import socket
import struct
import sys
import time

PATIENCE = 2.0          # seconds that who asks waits for a name
PAUSE = 0.4             # between questions
LONG_EVERY = 4          # questions
TXT, A = 16, 1
READ_BYTES, READ_PAUSE = 1000, 0.1
ECHO_PATIENCE = 120.0    # a terminal hangs for a while before anybody gives up
HURRY = 30.0            # seconds that the rest of the file may take


class Log:
    """Lines with times, each written at once."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8", buffering=1)

    def say(self, what, value="-"):
        self.file.write(f"{time.time():.3f} {what} {value}\n")


class Told:
    """Whether SIGUSR1 came."""

    def __init__(self):
        self.now = False
        signal.signal(signal.SIGUSR1, self.tell)

    def tell(self, *_):
        self.now = True


# ---- names ----

def question(number, name, kind):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    edns = struct.pack(">BHHIH", 0, 41, 4096, 0, 0)
    return (struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 1) + labels
            + struct.pack(">BHH", 0, kind, 1) + edns)


def ask(resolver, name, kind, least):
    """Does an answer come in time, whole and of some length?"""
    number = random.randrange(65536)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((resolver, 53))
        end = time.monotonic() + PATIENCE
        sock.send(question(number, name, kind))
        while (left := end - time.monotonic()) > 0:
            sock.settimeout(left)
            try:
                answer = sock.recv(65535)
            except OSError:
                return False
            got, flags, _, answers = struct.unpack_from(">HHHH", answer)
            if got == number:
                return flags & 0x820F == 0x8000 and answers > 0 and len(answer) >= least
    return False


def resolve(resolver, log):
    log = Log(log)
    turn = 0
    while True:
        turn += 1
        begin = time.monotonic()
        if turn % LONG_EVERY:
            what = "short"
            good = ask(resolver, f"n{turn}.example", A, 0)
        else:
            what = "long"
            good = ask(resolver, "long.example", TXT, 3000)
        log.say(what if good else "failed", f"{(time.monotonic() - begin) * 1000:.1f}")
        time.sleep(PAUSE)


# ---- a long download ----

def connect(host, port, source, **options):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    for option, value in options.items():
        sock.setsockopt(socket.SOL_SOCKET, getattr(socket, option), value)
    sock.bind((source, 0))
    sock.settimeout(10)
    sock.connect((host, port))
    return sock


def header_of(sock):
    """Reads up to the end of the header: how long the file is, and what was read of it."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = sock.recv(READ_BYTES)
        if not chunk:
            raise OSError("no header")
        data += chunk
    header, _, rest = data.partition(b"\r\n\r\n")
    length = [line for line in header.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(length[0].split(b":")[1]), len(rest)


def download(host, source, log):
    log, told = Log(log), Told()
    sock = connect(host, 80, source, SO_RCVBUF=4096)
    sock.send(b"GET /long HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n")
    length, got = header_of(sock)
    sock.settimeout(0.5)
    end = None
    try:
        while got < length:
            if told.now and end is None:
                end = time.monotonic() + HURRY
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            if end and time.monotonic() > end:
                break
            try:
                chunk = sock.recv(65536 if end else READ_BYTES)
            except socket.timeout:
                continue
            if not chunk or chunk.strip(b"."):
                break
            got += len(chunk)
            if not end:
                log.say("bytes", got)
                time.sleep(READ_PAUSE)
    except OSError:
        pass
    log.say("whole" if got == length else "broken", got)


# ---- a session ----

def answer(address, port):
    with socket.create_server((address, int(port))) as server:
        while True:
            peer, _ = server.accept()
            if os.fork():
                peer.close()
                continue
            while line := peer.recv(1000):
                peer.send(line)
            os._exit(0)


def login(host, port, source, log):
    log, told = Log(log), Told()
    sock = connect(host, int(port), source)
    sock.settimeout(ECHO_PATIENCE)
    while True:
        begin = time.monotonic()
        line = f"{begin}\n".encode()
        log.say("typed")
        try:
            sock.send(line)
            got = b""
            while not got.endswith(b"\n"):
                chunk = sock.recv(1000)
                if not chunk:
                    raise OSError("closed")
                got += chunk
            if got != line:
                raise OSError("not what was typed")
        except OSError:
            log.say("broken")
            return
        log.say("echo", f"{(time.monotonic() - begin) * 1000:.1f}")
        while not told.now:
            time.sleep(0.05)
        told.now = False


if __name__ == "__main__":
    {"resolve": resolve, "download": download, "answer": answer,
     "login": login}[sys.argv[1]](*sys.argv[2:])
