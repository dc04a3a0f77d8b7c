# SPDX-License-Identifier: GPL-2.0
"""Server and forger of tests/proof.sh.

serve: until killed, answer what comes to port 80 with data, and accept what comes to
port 81 without a word. echo SOURCE DESTINATION COUNT: echo requests in the name of
somebody. data SOURCE DESTINATION: a TCP segment with data, of no connection.
"""
import select
import socket
import struct
import sys


def serve():
    """Answer on port 80, listen on port 81."""
    talk, mute = [], []
    for port, kind in ((80, talk), (81, mute)):
        sock = socket.socket(socket.AF_INET6)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("::", port))
        sock.listen(16)
        kind.append(sock)
    listening, answering = talk + mute, set()
    open_socks = list(listening)
    while True:
        for sock in select.select(open_socks, [], [])[0]:
            if sock in listening:
                new = sock.accept()[0]
                open_socks.append(new)
                if sock in talk:
                    answering.add(new)
                continue
            try:
                got = sock.recv(100)
                if got and sock in answering:
                    sock.send(b"hello\n")
            except OSError:
                got = b""
            if not got:
                open_socks.remove(sock)
                sock.close()


def checksum(data):
    """Internet checksum."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def forge(source, destination, proto, payload, count):
    """IPv4 packets from anywhere; the kernel fills in length and checksum."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, proto, 0,
                       socket.inet_aton(source), socket.inet_aton(destination))
    for _ in range(count):
        sock.sendto(head + payload, (destination, 0))


def main():
    """What the first argument says."""
    if sys.argv[1] == "serve":
        serve()
    source, destination = sys.argv[2:4]
    if sys.argv[1] == "echo":
        echo = struct.pack("!BBHHH", 8, 0, 0, 1, 1)
        echo = struct.pack("!BBHHH", 8, 0, checksum(echo), 1, 1)
        forge(source, destination, 1, echo, int(sys.argv[4]))
    else:
        tcp = struct.pack("!HHIIBBHHH", 4000, 4001, 1, 1, 0x50, 0x18, 512, 0, 0)
        forge(source, destination, 6, tcp + b"data", 1)


main()
