# SPDX-License-Identifier: GPL-2.0
"""Connections of tests/stray.sh.

serve: until killed, echo on port 7, and send without end on port 9. idle ADDRESS: send
lines of standard input to port 7 and print what comes back. load ADDRESS: receive from
port 9, and print a line for each 100 KB.
"""
import socket
import sys
import threading


def echo(conn):
    """What comes goes back."""
    while data := conn.recv(1000):
        conn.sendall(data)
    conn.close()


def source(conn):
    """About 200 KB in a second, without end."""
    stop = threading.Event()
    try:
        while not stop.wait(0.05):
            conn.sendall(bytes(10000))
    except OSError:
        conn.close()


def serve():
    """A thread for each connection."""
    def accept(sock, what):
        while True:
            conn = sock.accept()[0]
            threading.Thread(target=what, args=(conn,), daemon=True).start()

    listening = [(socket.create_server(("", port)), what)
                 for port, what in ((9, source), (7, echo))]
    threads = [threading.Thread(target=accept, args=one) for one in listening]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def idle(address):
    """Line by line."""
    conn = socket.create_connection((address, 7), timeout=60)
    for line in sys.stdin:
        conn.sendall(line.encode())
        print(conn.recv(1000).decode().strip(), flush=True)


def load(address):
    """For as long as it comes."""
    conn = socket.create_connection((address, 9), timeout=60)
    total = shown = 0
    while data := conn.recv(65536):
        total += len(data)
        while total // 100000 > shown:
            shown += 1
            print(shown, flush=True)


{"serve": serve, "idle": idle, "load": load}[sys.argv[1]](*sys.argv[2:])
