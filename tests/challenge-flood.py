# SPDX-License-Identifier: GPL-2.0
"""Visitors of a site and the site, for tests/challenge-flood.sh.

serve ADDRESS...: until killed, answer each request to port 80 of the addresses with a page.
{ visit | fast } SECONDS HOST SOURCE...: one page for each source in turn, each on a connection of its own,
and, as long as that takes less than SECONDS (0: once), from the beginning. Tells how
many were loaded and how many not, and how long they took in the middle and at worst, in ms. With fast, the request is in the SYN.
"""
import selectors
import socket
import sys
import time

PATIENCE = 5.0
REQUEST = b"GET / HTTP/1.0\r\n\r\n"
PAGE = b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 1000


def serve(addresses):
    """A page for each connection."""
    sel = selectors.DefaultSelector()
    for addr in addresses:
        sock = socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((addr, 80))
        sock.listen(4096)
        sock.setblocking(False)
        sel.register(sock, selectors.EVENT_READ, True)
    while True:
        for key, _ in sel.select():
            if key.data:
                try:
                    sel.register(key.fileobj.accept()[0], selectors.EVENT_READ, False)
                except OSError:
                    pass
                continue
            try:
                if key.fileobj.recv(1000):
                    key.fileobj.send(PAGE)
            except OSError:
                pass
            sel.unregister(key.fileobj)
            key.fileobj.close()


def visit(host, source, fast):
    """Load a page; how long it took, or None."""
    begin = time.monotonic()
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.settimeout(PATIENCE)
    try:
        sock.bind((source, 0))
        if fast:
            sock.sendto(REQUEST, socket.MSG_FASTOPEN, (host, 80))
        else:
            sock.connect((host, 80))
            sock.send(REQUEST)
        got = b""
        while chunk := sock.recv(4096):
            got += chunk
    except OSError:
        return None
    finally:
        sock.close()
    return time.monotonic() - begin if got == PAGE else None


def visits(fast, seconds, host, sources):
    """All pages; what came of them."""
    begin, took, lost = time.monotonic(), [], 0
    while True:
        for source in sources:
            one = visit(host, source, fast)
            if one is None:
                lost += 1
            else:
                took.append(one * 1000)
        if time.monotonic() >= begin + seconds:
            break
    took = sorted(took) or [0]
    print(f"loaded {len(took) if took[-1] else 0} lost {lost} median {took[len(took) // 2]:.1f} "
          f"worst {took[-1]:.1f}")


if sys.argv[1] == "serve":
    serve(sys.argv[2:])
else:
    visits(sys.argv[1] == "fast", float(sys.argv[2]), sys.argv[3], sys.argv[4:])
