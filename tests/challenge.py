# SPDX-License-Identifier: GPL-2.0
"""Clients that are forged, for tests/challenge.sh and tests/stray.sh.

challenge.py DEVICE MAC: sends frames by DEVICE to MAC and says what comes back. Each line
on standard input is a command of words NAME=VALUE, each answered by a line.

syn src= dst= sport= dport= seq= [burst=] [tag=] [inner=] [opts=1] [data=]
[mac=] [none]: a SYN. The answer is
FLAGS NUMBER LENGTH TTL TAGS of what comes back for it, or "none"; what is not as it has to
be is told with "bad". "burst" SYNs of others come first, so that there is a challenge.
prove src= dst= ...: the same, and if it is challenged, the RST that answers that.
rst src= dst= sport= dport= seq=: an RST. blind src= dst= count=: RSTs with numbers that are guessed.
ack src= dst= count=: segments of no connection.
quiet src= dst= burst=: SYNs, few, until one passes; how long that takes, in s.
"""
import random
import select
import socket
import struct
import sys
import time

PATIENCE = 5.0      # for what has to come
IMPATIENCE = 0.2    # for what must not
SOL_PACKET, PACKET_AUXDATA, VLAN_VALID = 263, 8, 0x10
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    """Internet checksum; 0 of what has one in it."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    """Bytes of an address."""
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def pseudo(src, dst, length):
    """What the checksum of TCP has before it."""
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, 6, length)
    return src + dst + struct.pack("!IHBB", length, 0, 0, 6)


def tcp(src, dst, ports, seq, flags, data=b""):
    """A TCP segment."""
    seg = struct.pack("!HHIIBBHHH", *ports, seq, 0, 0x50, flags, 64240, 0, 0) + data
    total = checksum(pseudo(src, dst, len(seg)) + seg)
    return seg[:16] + struct.pack("!H", total) + seg[18:]


def packet(src, dst, segment, opts=False):
    """An IP packet; with options, or an extension header."""
    if len(src) == 4:
        extra = b"\1\1\1\0" if opts else b""
        head = struct.pack("!BBHHHBBH4s4s", 0x45 + bool(opts), 0, 20 + len(extra) + len(segment),
                           1, 0, 64, 6, 0, src, dst) + extra
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + segment
    extra = struct.pack("!BBBB4x", 6, 0, 1, 4) if opts else b""
    return struct.pack("!IHBB16s16s", 6 << 28, len(extra) + len(segment), 60 if opts else 6, 64,
                       src, dst) + extra + segment


class Wire:
    """The link to the gateway."""

    def __init__(self, dev, mac):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.sock.bind((dev, 0))
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.there = bytes.fromhex(mac.replace(":", ""))
        self.here = self.sock.getsockname()[4]

    def send(self, pkt, tags=(), mac=None):
        """Send a packet behind some VLAN tags."""
        kind = 0x0800 if pkt[0] >> 4 == 4 else 0x86dd
        frame = (mac or self.there) + self.here
        for number, tag in enumerate(tags):
            frame += struct.pack("!HH", 0x88a8 if len(tags) > 1 and not number else 0x8100, tag)
        self.sock.send(frame + struct.pack("!H", kind) + pkt)

    def forget(self):
        """What has come up to now answers nothing that is sent from now on."""
        while select.select([self.sock], [], [], 0)[0]:
            self.sock.recv(2048)

    def receive(self, end):
        """The next packet, its tags and the link's addresses."""
        left = end - time.monotonic()
        if left <= 0 or not select.select([self.sock], [], [], left)[0]:
            return None
        frame, extra, _, sender = self.sock.recvmsg(2048, 64)
        if sender[2] == socket.PACKET_OUTGOING:
            return b"", (), b""
        tags = []
        for level, kind, data in extra:
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, tci = struct.unpack("=I12xH", data[:18])
                if status & VLAN_VALID:
                    tags.append(tci)
        off, kind = 14, struct.unpack("!H", frame[12:14])[0]
        while kind in (0x8100, 0x88a8):
            tci, kind = struct.unpack("!HH", frame[off:off + 4])
            tags.append(tci)
            off += 4
        return frame[off:] if kind in (0x0800, 0x86dd) else b"", tags, frame[:12]


def read(pkt):
    """Source, destination, TCP, length and TTL of a packet; None if it is something else."""
    if len(pkt) >= 40 and pkt[0] == 0x45 and pkt[9] == 6:
        length = struct.unpack("!H", pkt[2:4])[0]
        return pkt[12:16], pkt[16:20], pkt[20:length], length, pkt[8], not checksum(pkt[:20])
    if len(pkt) >= 60 and pkt[0] >> 4 == 6 and pkt[6] == 6:
        length = struct.unpack("!H", pkt[4:6])[0]
        return pkt[8:24], pkt[24:40], pkt[40:40 + length], 40 + length, pkt[7], True
    return None


def await_answer(wire, src, dst, ports, patience, mac=None):
    """What comes back for a SYN, in words."""
    end = time.monotonic() + patience
    while True:
        got = wire.receive(end)
        if not got:
            return "none"
        pkt, tags, macs = got
        parts = read(pkt)
        if not parts or parts[:2] != (dst, src):
            continue
        seg, length, ttl, right = parts[2:]
        from_port, to_port, _, number, _, flags = struct.unpack("!HHIIBB", seg[:14])
        # Who opens a connection at the same time does not answer with that.
        if (to_port, from_port) != ports or flags == SYN:
            continue
        # What hosts of this machine send has its checksum filled in by no device.
        right = right and (flags != ACK or not checksum(pseudo(dst, src, len(seg)) + seg))
        bad = "" if right else " bad-checksum"
        bad += "" if macs == wire.here + (mac or wire.there) else " bad-link"
        names = "".join(n for b, n in ((SYN, "S"), (RST, "R"), (FIN, "F"), (PSH, "P"), (ACK, "A"))
                        if flags & b)
        return f"{names} {number} {length} {ttl} {','.join(map(str, tags)) or '-'}{bad}"


def noise(wire, dst, count, tags):
    """SYNs of others, as there are in a flood."""
    for _ in range(count):
        if len(dst) == 4:
            src = struct.pack("!I", random.randrange(0xc6130000, 0xc613ffff))
        else:
            src = address("2001:db8:ff::")[:6] + random.randbytes(10)
        # None of them comes again.
        seq = random.getrandbits(32)
        wire.send(packet(src, dst, tcp(src, dst, (1024, 80), seq, SYN)), tags)


def ports_of(words):
    """Source and destination port."""
    return int(words.get("sport", 1024)), int(words.get("dport", 80))


def syn(wire, words):
    """A SYN, and what becomes of it."""
    src, dst = address(words["src"]), address(words["dst"])
    ports = ports_of(words)
    tags = [int(words[t]) for t in ("tag", "inner") if t in words]
    noise(wire, dst, int(words.get("burst", 0)), tags)
    seg = tcp(src, dst, ports, int(words.get("seq", 1)), SYN, b"x" * int(words.get("data", 0)))
    mac = bytes.fromhex(words["mac"].replace(":", "")) if "mac" in words else None
    wire.forget()
    wire.send(packet(src, dst, seg, "opts" in words), tags, mac)
    return await_answer(wire, src, dst, ports, IMPATIENCE if "none" in words else PATIENCE, mac)


def rst(wire, words):
    """An RST."""
    src, dst = address(words["src"]), address(words["dst"])
    wire.send(packet(src, dst, tcp(src, dst, ports_of(words), int(words["seq"]), RST)))
    return "sent"


def prove(wire, words):
    """A SYN, and the answer to its challenge."""
    answer = syn(wire, words)
    flags, *number = answer.split()[:2]
    if flags == "A":
        rst(wire, {**words, "seq": number[0]})
    return answer


def ack(wire, words):
    """Segments of no connection."""
    src, dst = address(words["src"]), address(words["dst"])
    for number in range(int(words["count"])):
        wire.send(packet(src, dst, tcp(src, dst, ports_of(words), number, ACK)))
    return "sent"


def blind(wire, words):
    """RSTs of who does not know the number."""
    src, dst = address(words["src"]), address(words["dst"])
    for _ in range(int(words["count"])):
        wire.send(packet(src, dst, tcp(src, dst, (1024, 80), random.getrandbits(32), RST)))
    return "sent"


def quiet(wire, words):
    """Few SYNs, until one passes; how long that took."""
    src, dst = address(words["src"]), address(words["dst"])
    noise(wire, dst, int(words["burst"]), ())
    begin = time.monotonic()
    while time.monotonic() < begin + 20:
        ports = random.randrange(2000, 60000), 80
        wire.forget()
        wire.send(packet(src, dst, tcp(src, dst, ports, 1, SYN)))
        answer = await_answer(wire, src, dst, ports, PATIENCE)
        if "A" in answer[:2] and answer[0] != "A":
            return f"{time.monotonic() - begin:.1f}"
        time.sleep(0.3)
    return "never"


def main():
    """Do what standard input says."""
    wire = Wire(*sys.argv[1:3])
    random.seed(1)
    for line in sys.stdin:
        name, *words = line.split()
        words = dict(w.partition("=")[::2] for w in words)
        print({"syn": syn, "prove": prove, "rst": rst, "ack": ack, "blind": blind,
               "quiet": quiet}[name](wire, words), flush=True)


main()
