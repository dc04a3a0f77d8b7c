#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sockets that make configurations side by side; for list.sh.

usage: config.py <REQUESTS

Each line of standard input is SOCKET COMMAND [ARGUMENT]: any name for the socket, and
one of: begin WHAT, commit, abort, add ADDRESS (to the list deny), flush (the list deny),
close. WHAT is the number that stands for the parts. For each line but "close", what the
kernel said is printed: "ok", or its message.
"""
import os
import re
import socket
import struct
import sys

GENERIC, CTRL, GETFAMILY, REQUEST, ACK, ERROR = 16, 16, 3, 1, 4, 2
SOL_NETLINK, EXT_ACK = 270, 11
HERE = os.path.dirname(os.path.realpath(__file__))


def enum(name):
    """Values of an enum of the interface, from its header."""
    with open(f"{HERE}/../uapi/linux/levee.h", encoding="utf-8") as header:
        body = re.search(rf"^enum {name} {{(.*?)}};", header.read(), re.S | re.M)[1]
    names = re.findall(r"^\t(\w+)", body, re.M)
    first = 1 if " = 1," in body else 0
    return {key: first + i for i, key in enumerate(names)}


CMD, LIST = enum("levee_cmd"), enum("levee_a_list")


def attr(kind, value, nested=False):
    data = struct.pack("=HH", 4 + len(value), kind | nested << 15) + value
    return data + b"\0" * (-len(data) % 4)


class Levee:
    family = None

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        if not Levee.family:
            reply = self.ask(CTRL, GETFAMILY, attr(2, b"levee\0"), 0)
            Levee.family = self.find(reply[20:], 1)

    @staticmethod
    def find(data, wanted):
        """The payload of the first attribute of a kind, as a number."""
        while data:
            size, kind = struct.unpack_from("=HH", data)
            if kind == wanted:
                return int.from_bytes(data[4:size], sys.byteorder)
            data = data[(size + 3) & ~3:]
        return None

    def ask(self, family, command, attributes, flags):
        data = struct.pack("=BBH", command, 1, 0) + attributes
        self.sock.send(struct.pack("=IHHII", 16 + len(data), family, REQUEST | flags, 1, 0) + data)
        return self.sock.recv(65536)

    def do(self, command, attributes=b""):
        reply = self.ask(Levee.family, CMD[f"LEVEE_CMD_{command}"], attributes, ACK)
        kind, = struct.unpack_from("=H", reply, 4)
        code, size = struct.unpack_from("=iI", reply, 16)
        if kind != ERROR or not code:
            return "ok"
        data = reply[20 + size:]
        while data:
            size, kind = struct.unpack_from("=HH", data)
            if kind == 1:
                return data[4:size].rstrip(b"\0").decode()
            data = data[(size + 3) & ~3:]
        return os.strerror(-code)


def carry_out(levee, command, argument):
    deny = attr(LIST["LEVEE_A_LIST_LIST"], struct.pack("=I", 1))
    if command == "begin":
        what = attr(1, struct.pack("=I", int(argument))) if argument else b""
        return levee.do("CONFIG_BEGIN", what)
    if command == "add":
        address = bytes(int(byte) & 0xff for byte in argument.split("."))
        prefix = attr(1, address) + attr(2, b"\x20")
        return levee.do("LIST_ADD", deny + attr(LIST["LEVEE_A_LIST_ENTRY"],
                                                attr(1, prefix, True), True))
    if command == "flush":
        return levee.do("LIST_FLUSH", deny)
    return levee.do(f"CONFIG_{command.upper()}")


def main():
    sockets = {}
    for line in sys.stdin:
        name, command, argument = (line.split() + [""])[:3]
        if command == "close":
            sockets.pop(name).sock.close()
            continue
        levee = sockets.setdefault(name, None) or Levee()
        sockets[name] = levee
        print(carry_out(levee, command, argument), flush=True)


main()
