#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Attacks with several vectors at once, and looks at what is reported of them.

usage: report.py attack DEV MAC SECONDS VECTOR...
       report.py serve ADDRESS
       report.py fetch ADDRESS
       report.py page JSON HTML

attack: each VECTOR is CLASS,DESTINATION,FIRST,SOURCES,BYTES: packets from so many
sources, FIRST and those that follow it, in turn, all vectors in turn. Prints for each
vector CLASS, packets and bytes sent, those of the IP packets.
serve, fetch: a server that answers one connection, and who connects to it.
page: compares a page with the report in JSON of the same; what is wrong is printed.
"""
import html.parser
import ipaddress
import json
import socket
import struct
import sys
import time
import xml.etree.ElementTree

from limits import checksum

PORT = 5002


def transport(kind, size):
    """Protocol and payload of the IP packet, of SIZE bytes in all."""
    if kind in ("udp", "reflect"):
        sport = 53 if kind == "reflect" else 40000
        return 17, struct.pack("!HHHH", sport, 9, size, 0) + bytes(size - 8)
    if kind == "frag":
        # Of IPv6: not the first.
        return 44, struct.pack("!BBHI", 17, 0, 185 << 3, 1) + bytes(size - 8)
    if kind == "syn":
        return 6, struct.pack("!HHIIBBHHH", 40000, 80, 1, 0, 5 << 4, 2, 1000, 0, 0) + \
            bytes(size - 20)
    if kind in ("malformed", "ack"):
        # No flag at all, or a segment of no connection.
        flags = 16 if kind == "ack" else 0
        return 6, struct.pack("!HHIIBBHHH", 40000, 80, 1, 0, 5 << 4, flags, 1000, 0, 0) + \
            bytes(size - 20)
    return 1, struct.pack("!BBHHH", 8, 0, 0, 1, 1) + bytes(size - 8)


def packet(kind, src, dst, length):
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if src.version == 6:
        proto, payload = transport(kind, length - 40)
        return b"\x86\xdd", struct.pack("!IHBB", 6 << 28, len(payload), proto, 64) + \
            src.packed + dst.packed + payload
    proto, payload = transport(kind, length - 20)
    header = struct.pack("!BBHHHBBH", 0x45, 0, length, 0, 0, 64, proto, 0) + \
        src.packed + dst.packed
    return b"\x08\x00", header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def attack(dev, mac, seconds, *vectors):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((dev, 0))
    link = bytes.fromhex(mac.replace(":", "")) + sock.getsockname()[4]
    frames, sent = [], []
    for vector in vectors:
        kind, dst, first, sources, length = vector.split(",")
        # One source in each IPv6 /64.
        step = 1 << 64 if ":" in first else 1
        made = []
        for i in range(int(sources)):
            ethertype, data = packet(kind, ipaddress.ip_address(first) + i * step, dst,
                                     int(length))
            made.append(link + ethertype + data)
        frames.append(made)
        sent.append([kind, 0, int(length)])
    end = time.monotonic() + float(seconds)
    turn = 0
    while time.monotonic() < end:
        for made, count in zip(frames, sent):
            sock.send(made[turn % len(made)])
            count[1] += 1
        turn += 1
        time.sleep(0.0002)
    for kind, packets, length in sent:
        print(kind, packets, packets * length)


def serve(addr):
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    sock = socket.create_server((addr, PORT), family=family)
    print("ready", flush=True)
    conn, _ = sock.accept()
    conn.recv(1)
    conn.sendall(b"page")
    conn.close()


def fetch(addr):
    sock = socket.create_connection((addr, PORT))
    sock.sendall(b"x")
    print(sock.recv(4).decode())


class Page(html.parser.HTMLParser):
    """Rows of numbers, and all that could make a browser load something."""

    LOADS = {"src", "href", "srcset", "action", "data", "poster", "background", "xlink:href"}

    def __init__(self):
        super().__init__()
        self.rows, self.alone, self.bad, self.open = [], {}, [], []
        self.row = None
        self.texts = {}

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.open.append((tag, attrs.get("id")))
        for name, value in attrs.items():
            if name in self.LOADS or name.startswith("on") or \
               ("//" in (value or "") and not name.startswith("data-")):
                self.bad.append(f"<{tag} {name}={value}>")
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base", "form"):
            self.bad.append(f"<{tag}>")
        if tag == "tr":
            self.row = {key[5:]: value for key, value in attrs.items()
                        if key.startswith("data-")}
            self.rows.append(self.row)
        if "data-key" in attrs:
            number = int(attrs.get("data-ns") or attrs["value"])
            (self.alone if self.row is None else self.row)[attrs["data-key"]] = number

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_data(self, data):
        tag, name = self.open[-1] if self.open else ("", None)
        if tag == "style" and ("url(" in data or "@import" in data or "//" in data):
            self.bad.append("style")
        if name:
            self.texts[name] = self.texts.get(name, "") + data

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag == "tr":
            self.row = None


KEYS = {
    "vector": ("policy", "class", "since", "until", "peak-packets", "peak-rate", "peak-bytes",
               "offenders"),
    "traffic": ("policy", "class", "peak-packets", "peak-bytes"),
    "source": ("policy", "class", "first-seen", "last-seen"),
    "network": ("sources", "first-seen", "last-seen"),
    "proof": ("proof", "sources"),
}
COUNTS = tuple(f"{what}-{unit}" for what in ("passed", "dropped", "would")
               for unit in ("packets", "bytes"))


def wanted(report):
    """Rows as the page should have them, by kind."""
    rows = {
        "vector": [v for a in report["attacks"] for v in a["vectors"]],
        "traffic": report["traffic"],
        "source": report["sources"],
        "network": report["networks"],
        "proof": report["proofs"],
        "reason": [dict(r, policy=t["policy"], **{"class": t["class"]})
                   for t in report["traffic"] for r in t["reasons"]],
    }
    for row in report["sources"] + report["networks"]:
        row["text"] = f"{row['prefix']['addr']}/{row['prefix']['len']}"
    return rows


def compare(kind, row, want):
    if kind == "reason":
        keys = ("policy", "class", "reason") + COUNTS[2:]
    else:
        keys = KEYS[kind] + COUNTS
    if kind in ("source", "network"):
        keys = tuple(key for key in keys if not key.endswith("-bytes"))
        host = want["text"].removesuffix("/32")
        if row["prefix"] not in (want["text"], host):
            print(f"{kind}: {row['prefix']} instead of {want['text']}")
    for key in keys:
        if row.get(key) != want.get(key):
            print(f"{kind} {row}: {key} is {row.get(key)} instead of {want.get(key)}")


def page(json_name, html_name):
    with open(json_name, errors="replace") as file:
        report = json.load(file)
    with open(html_name) as file:
        text = file.read()
    # It is XML as well, so that nothing is left open.
    xml.etree.ElementTree.fromstring(text)
    parser = Page()
    parser.feed(text)
    for bad in parser.bad:
        print(f"the page would load something: {bad}")
    if "default-src 'none'" not in text.replace("&#39;", "'"):
        print("the page forbids nothing")
    for kind, rows in wanted(report).items():
        have = [row for row in parser.rows if row.get("row") == kind]
        if len(have) != len(rows):
            print(f"{len(have)} rows of {kind} instead of {len(rows)}")
        for row, want in zip(have, rows):
            compare(kind, row, want)
    total = next(row for row in parser.rows if row.get("row") == "total")
    for key in COUNTS:
        if total[key] != sum(row[key] for row in report["traffic"]):
            print(f"the total of {key} is {total[key]}")
    if parser.texts["configuration"] != report["configuration"]:
        print("the configuration differs")
    for key in ("sources-missed", "challenged-packets", "answered-packets"):
        if parser.alone[key] != report[key]:
            print(f"{key} differs")
    if "<h1>Attack report of " not in text:
        print("there is no heading")
    # One for all, and one for each class.
    plots = 1 + len({row["class"] for row in report["traffic"]}) if report["history"] else 0
    if text.count('<svg class="t"') != plots:
        print(f"there are not {plots} timelines")


if __name__ == "__main__":
    {"attack": attack, "serve": serve, "fetch": fetch, "page": page}[sys.argv[1]](*sys.argv[2:])
