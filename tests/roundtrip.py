# Random configurations, and whether what was saved of them comes back; for roundtrip.sh.
# SPDX-License-Identifier: GPL-2.0
#
# usage: roundtrip.py make FOLDER COUNT SEED    writes FOLDER/0 and so on
#        roundtrip.py split FOLDER              standard input: many times "levee save"
#
# Everything that a configuration can say is in some of them, in all of its spellings;
# each is one that the kernel takes.
import ipaddress
import random
import re
import sys
from pathlib import Path

CLASSES = ["any", "syn", "tcp", "udp", "reflect", "icmp", "frag", "other", "tcp-stray"]
PORT_PROTOS = ["tcp", "udp", "sctp", "dccp", "udplite", "6", "17"]
OTHER_PROTOS = ["icmp", "icmpv6", "gre", "esp", "ah", "ipip", "ipv6", "89", "200"]
DEFAULT = CLASSES[1:-1]  # those that the policy default has a limit for
CHAIN = 8               # limits that a packet may meet


class Config:
    """One configuration, made line by line."""

    def __init__(self, rng):
        self.rng = rng
        self.taken = set()      # prefixes, and prefixes with ports
        self.policies = {}      # name: lines

    def prefix(self):
        rng = self.rng
        while True:
            if rng.random() < 0.5:
                net = ipaddress.ip_network((rng.getrandbits(32), rng.choice([0, 8, 16, 22, 24,
                                            28, 31, 32])), strict=False)
            else:
                net = ipaddress.ip_network((rng.getrandbits(128), rng.choice([0, 3, 32, 48, 56,
                                            64, 65, 127, 128])), strict=False)
            if net not in self.taken:
                self.taken.add(net)
                break
        full = net.prefixlen == net.max_prefixlen
        return str(net.network_address) if full and rng.random() < 0.7 else str(net)

    def service(self):
        """Protocols and ports that overlap nothing, as prefixes are not shared."""
        rng = self.rng
        if rng.random() < 0.3:
            return " proto " + ",".join(rng.sample(OTHER_PROTOS, rng.randint(1, 3)))
        protos = {"6": "tcp", "17": "udp"}
        chosen = {protos.get(p, p): p for p in rng.sample(PORT_PROTOS, rng.randint(1, 3))}
        text = " proto " + ",".join(chosen.values())
        if rng.random() < 0.8:
            cuts = sorted(rng.sample(range(1, 65536), 2 * rng.randint(1, 5)))
            ranges = [f"{a}-{b}" if rng.random() < 0.5 else f"{a}"
                      for a, b in zip(cuts[::2], cuts[1::2])]
            rng.shuffle(ranges)
            text += " dport " + ",".join(ranges)
        return text

    def rate(self):
        """A rate, and a burst or none."""
        rng = self.rng
        if rng.random() < 0.3:
            rate = rng.choice([f"{rng.randint(1, 999)}kbit", f"{rng.randint(1, 9999)}mbit",
                               f"{rng.randint(1, 99)}.{rng.randint(0, 999)}gbit", "1tbit",
                               f"{rng.randint(1000, 10 ** 9)}bit"])
            burst = rng.choice(["", f" burst {rng.randint(1500, 10 ** 6)}", " burst 100k",
                                f" burst {rng.randint(1, 900)}M"])
            return "bits", rate + burst
        amount = rng.choice([str(rng.randint(1, 99999)), f"{rng.randint(1, 999)}k",
                             f"{rng.randint(1, 99)}M"])
        period = rng.choice(["s", "s", "s", "m", "h", "d"])
        burst = rng.choice(["", f" burst {rng.randint(1, 20000)}", " burst 5k"])
        return "packets", f"{amount}/{period}{burst}"

    def challenge(self):
        """None, or one with all rates or some."""
        above = self.rng.randint(1, 10 ** 8)
        return self.rng.choice(["", " challenge off", " challenge above 20k/s",
                                f" challenge above {above}/s rate {self.rng.randint(1, 999)}k/s",
                                f" challenge above {above}/s below {self.rng.randint(1, above)}/s"])

    def limits(self, policy):
        rng = self.rng
        lines, keys = [], set()
        met = dict.fromkeys(CLASSES[1:], 0)
        for _ in range(rng.choice([0, 1, 2, 3, 8, 20])):
            cls = rng.choice(CLASSES)
            classes = CLASSES[1:] if cls == "any" else [cls]
            four = rng.choice([0, 8, 24, 32, 32, 32, "none"])
            six = rng.choice([0, 32, 48, 56, 64, 64, 128] + ["none"] * (four != "none"))
            unit, rate = self.rate()
            if (cls, four, six, unit) in keys or any(met[c] == CHAIN for c in classes):
                continue
            keys.add((cls, four, six, unit))
            for c in classes:
                met[c] += 1
            per = f" per {four},{six}"
            if (four, six) == (32, 64) and rng.random() < 0.5:
                per = ""
            mark = rng.choice(["", "", f" mark {rng.randint(1, 2 ** 32 - 1)}",
                               " mark 0x10/0xf0", " mark 0/0xff"])
            ban = ""
            # Who marks does not ban, nor can all sources together be banned.
            if not mark and 0 not in (four, six):
                ban = rng.choice(["", " ban 60s", " ban 90..1h", " ban 1m..365d ban-unproven",
                                  " ban 7200 ban-unproven"])
            fair = ""
            # The burst has to be one that can be shared.
            if {four, six} <= {0, "none"} and "burst" not in rate:
                fair = rng.choice(["", " fair", " fair fair-per 24", " fair fair-per 32,56"])
            lines.append(f"limit set {policy} {cls} rate {rate}{per}{mark}{ban}{fair}")
        return lines

    def fill(self):
        rng = self.rng
        for i in range(rng.choice([0, 1, 2, 5, 12])):
            name = rng.choice(["p", "a.b", "X_", "-"]) + str(i)
            if rng.random() < 0.1:
                name = name.ljust(31, "x")
            dst = [self.prefix() for _ in range(rng.choice([1, 1, 2, 7, 40]))]
            line = f"policy add {name} dst {','.join(dst)}"
            if rng.random() < 0.5:
                line += self.service()
            line += rng.choice(["", " mode off", " mode monitor", " mode enforce"])
            line += self.challenge()
            self.policies[name] = [line] + self.limits(name)
        lines = []
        if rng.random() < 0.5:
            lines.append("policy set default mode " + rng.choice(["off", "monitor", "enforce"]) +
                         self.challenge())
        kind = rng.random()
        if kind < 0.4:
            lines += ["limit flush default"] + self.limits("default")
        elif kind < 0.6:
            lines.append("limit del default " + rng.choice(DEFAULT))
        self.policies["default"] = lines

    def text(self):
        """Policies in any order, other things between them, and what is ignored."""
        rng = self.rng
        others = rng.choice([[], ["hook add prerouting"], ["hook add dev eth0"],
                             ["hook add dev eth1", "hook add dev eth0"]])[:]
        if rng.random() < 0.3:
            others.append(f"table set slots {rng.choice(['2k', '5000', '64k'])} "
                          f"sources {rng.randint(1, 500)}")
        ports = ",".join(map(str, rng.sample(range(1, 65536), rng.randint(1, 256))))
        others += rng.choice([[], ["reflect set default"], [f"reflect set {ports}"]])
        for kind in "allow", "deny":
            # What is not mentioned would be that of another configuration.
            others.append(f"list flush {kind}")
            for _ in range(rng.choice([0, 0, 1, 3])):
                nets = ",".join(self.prefix() for _ in range(rng.choice([1, 2, 30])))
                others[-1] += f"\nlist add {kind} {nets}" + rng.choice(["", " comment 'a # b'"])
        blocks = list(self.policies.values()) + [[line] for line in others]
        rng.shuffle(blocks)
        out = []
        for line in (line for block in blocks for line in block):
            if rng.random() < 0.1:
                out.append(rng.choice(["", "# policy add", "   # x", "\t"]))
            if rng.random() < 0.1:
                line = line.replace(" ", " \\\n  ", 1)
            out.append(line + rng.choice(["", "", "", " # why"]))
        return "\n".join(out) + "\n"


def make(folder, count, seed):
    for i in range(count):
        config = Config(random.Random(f"{seed}/{i}"))
        config.fill()
        (folder / str(i)).write_text(config.text())


def split(folder):
    texts = re.split(r"(?m)^(?=# levee )", sys.stdin.read())[1:]
    for i, text in enumerate(texts):
        (folder / str(i)).write_text(text)


def main():
    folder = Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    if sys.argv[1] == "make":
        make(folder, int(sys.argv[3]), sys.argv[4])
    else:
        split(folder)


main()
