#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sends what limits.sh counts.

usage: limits.py spoof DEV MAC DESTINATION4 DESTINATION6 <LINES
       limits.py gso ADDRESS AGGREGATES SEGMENTS BYTES
       limits.py tcp ADDRESS BYTES
       limits.py serve ADDRESS

spoof: UDP in the name of others; each line is SOURCE COUNT BYTES, the bytes of
the IP packet. gso: UDP that is cut into segments late, if at all; BYTES of
payload in each. tcp: a connection; prints what the IP packets of the sender
come to by its own count of segments. serve: takes a connection and all it
sends; says "ready" before that.
"""
import socket
import struct
import sys

PORT = 5001
UDP_SEGMENT = 103	# linux/udp.h
FRAMES = {socket.AF_INET: 28, socket.AF_INET6: 48}	# IP and UDP header


def family_of(addr):
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp_packet(src, dst, length):
    family = family_of(dst)
    src, dst = (socket.inet_pton(family, addr) for addr in (src, dst))
    payload = length - FRAMES[family]
    udp = struct.pack("!HHHH", 40000, 9, 8 + payload, 0) + bytes(payload)
    if family == socket.AF_INET6:
        return struct.pack("!IHBB", 6 << 28, len(udp), 17, 64) + src + dst + udp
    header = struct.pack("!BBHHHBBH", 0x45, 0, length, 0, 0, 64, 17, 0) + src + dst
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + udp


def spoof(dev, mac, dst4, dst6):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((dev, 0))
    link = bytes.fromhex(mac.replace(":", "")) + sock.getsockname()[4]
    for line in iter(sys.stdin.readline, ""):
        src, count, length = line.split()
        kind, dst = (b"\x86\xdd", dst6) if ":" in src else (b"\x08\x00", dst4)
        frame = link + kind + udp_packet(src, dst, int(length))
        for _ in range(int(count)):
            sock.send(frame)


def gso(addr, aggregates, segments, size):
    sock = socket.socket(family_of(addr), socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_UDP, UDP_SEGMENT, int(size))
    for _ in range(int(aggregates)):
        sock.sendto(bytes(int(segments) * int(size)), (addr, 9))


def tcp(addr, size):
    sock = socket.create_connection((addr, PORT))
    sock.sendall(bytes(int(size)))
    sock.shutdown(socket.SHUT_WR)
    sock.recv(1)
    # tcpi_segs_out and tcpi_bytes_sent, with what was sent again.
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 208)
    segments, = struct.unpack_from("=I", info, 136)
    payload, = struct.unpack_from("=Q", info, 200)
    # With timestamps, all have 12 bytes of options, but the SYN has 20.
    header = (40 if family_of(addr) == socket.AF_INET6 else 20) + 32
    print(segments, segments * header + 8 + payload)


def serve(addr):
    sock = socket.create_server((addr, PORT), family=family_of(addr))
    print("ready", flush=True)
    conn, _ = sock.accept()
    while conn.recv(1 << 20):
        pass


if __name__ == "__main__":
    {"spoof": spoof, "gso": gso, "tcp": tcp, "serve": serve}[sys.argv[1]](*sys.argv[2:])
