#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Turns the measurements of story.sh into the demo's table, and judges them.

usage: report.py --scene DIR        one line about one scene
       report.py [--json FILE] [--took SECONDS] RESULTS

Exit status 1 when a promise is not kept.
"""

import argparse
import ipaddress
import json
import math
import os
import struct
import sys

ATTACKS = {
    "udp": "UDP flood",
    "syn": "TCP SYN flood",
    "icmp": "ICMP flood",
    "http": "crowd of HTTP clients",
}

# What the demo promises.
SUCCESS_WITH = 0.99
SUCCESS_WITHOUT = 0.50
DROPPED_SHARE = 0.95
FIRST_DROP_MS = 100.0
TOOK_SECONDS = 600

PATIENCE = 2.0      # seconds, as in net.sh
PAGE_BYTES = 4000   # as in net.sh
SYN, ACK = 0x02, 0x10


def read_pairs(path):
    """Reads "NAME VALUE" lines; numbers become numbers."""
    pairs = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, _, value = line.rstrip("\n").partition(" ")
            try:
                pairs[name] = float(value)
            except ValueError:
                pairs[name] = value
    return pairs


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def source_of(address):
    """The prefix that a limit meters by default."""
    address = ipaddress.ip_address(address)
    length = 32 if address.version == 4 else 64
    return ipaddress.ip_network((address, length), strict=False)


# ---- visitors ----

def read_visitors(directory):
    """Returns the visitors' sources, and the seconds of each load or None."""
    sources, loads = set(), []
    for name in sorted(os.listdir(directory)):
        sources.add(source_of(name))
        loads += read_loads(os.path.join(directory, name))
    return sources, loads


def read_loads(path):
    """Returns the seconds of each load that curl tells of, or None."""
    loads = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            code, seconds, error, size = line.split()
            good = code == "200" and error == "0" and int(size) >= PAGE_BYTES - 10
            loads.append(float(seconds) if good else None)
    return loads


def percentile(loads, share):
    """Nearest rank; a failed load is slower than every other."""
    if not loads:
        return None
    times = sorted(math.inf if t is None else t for t in loads)
    return times[max(0, math.ceil(share * len(times)) - 1)]


# ---- when a source exceeded its limit, from what was on the wire ----

def read_pcap(path):
    """Yields (ns since the epoch, source address, class) of captured packets."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 24:
        return
    magic = struct.unpack_from("<I", data)[0]
    scale = {0xA1B23C4D: 1, 0xA1B2C3D4: 1000}[magic]
    at = 24
    while at + 16 <= len(data):
        sec, frac, caplen, _ = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16:at + 16 + caplen]
        at += 16 + caplen
        parsed = parse_packet(packet)
        if parsed:
            yield sec * 10**9 + frac * scale, *parsed


def parse_packet(packet):
    """Returns (source address as bytes, class) of an Ethernet frame."""
    kind = packet[12:14]
    if kind == b"\x08\x00":
        source, proto, at = packet[26:30], packet[23], 14 + (packet[14] & 15) * 4
    elif kind == b"\x86\xdd":
        source, proto, at = packet[22:38], packet[20], 54
    else:
        return None
    if proto == 6:
        flags = packet[at + 13]
        return source, "syn" if flags & (SYN | ACK) == SYN else "tcp"
    return source, {17: "udp", 1: "icmp", 58: "icmp"}.get(proto, "other")


def exceeded_times(packets, limits):
    """When each (source, class) first had more packets than its limit allows.

    A plain token bucket per source, apart from the module's own arithmetic.
    """
    buckets, exceeded = {}, {}
    for when, source, kind in packets:
        limit = limits.get(kind)
        key = (source, kind)
        if limit is None or key in exceeded:
            continue
        rate, burst = limit
        tokens, last = buckets.get(key, (burst, when))
        tokens = min(burst, tokens + (when - last) * rate / 1e9)
        if tokens < 1 - 1e-6:
            exceeded[key] = when
        else:
            buckets[key] = (tokens - 1, when)
    return {(source_of(ipaddress.ip_address(source)), kind): when
            for (source, kind), when in exceeded.items()}


def read_limits(results, policy):
    """{class: (packets per second, burst)} of the per-source limits."""
    limits = {}
    for limit in read_json(os.path.join(results, "limit.json")):
        if limit["policy"] == policy:
            limits[limit["class"]] = (limit["rate"] / limit.get("period", 1),
                                      limit["burst"])
    return limits


def capture_lost(path):
    """How many packets tcpdump could not record."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if "dropped by kernel" in line:
                return int(line.split()[0])
    return None


# ---- one scene ----

class Scene:
    """Figures of one row of the table."""

    def __init__(self, directory):
        self.directory = directory
        before = read_pairs(os.path.join(directory, "before"))
        after = read_pairs(os.path.join(directory, "after"))
        self.delta = {k: after[k] - before[k] for k in after
                      if k in before and isinstance(after[k], float)}
        self.seconds = self.delta["time"]
        self.visitors, self.loads = read_visitors(os.path.join(directory, "visitors"))
        self.with_levee = os.path.exists(os.path.join(directory, "source.json"))
        self.sent = int(self.delta["crowd.tx_packets"])

    def good(self):
        return sum(t is not None for t in self.loads)

    def success(self):
        return self.good() / len(self.loads) if self.loads else 0.0

    def visitors_lost(self):
        """Visitors' packets that came to the gateway and did not leave it."""
        return int(self.delta["visitors.net"] - self.delta["visitors.gw"])

    def line(self):
        text = (f"{self.good()} of {len(self.loads)} page loads, median "
                f"{show_time(percentile(self.loads, .5))}; "
                f"{self.delta['site.rx_packets'] / self.seconds:,.0f} packets/s at the site")
        if self.sent > 100:
            text += f", {self.sent / self.seconds:,.0f}/s from attackers"
        return text

    def figures(self):
        figures = {
            "seconds": round(self.seconds, 1),
            "visitor-sources": len(self.visitors),
            "page-loads": len(self.loads),
            "page-loads-good": self.good(),
            "success": round(self.success(), 4),
            "median-ms": ms(percentile(self.loads, .5)),
            "p99-ms": ms(percentile(self.loads, .99)),
            "site-pps": round(self.delta["site.rx_packets"] / self.seconds, 1),
            "attack-packets": self.sent,
            "attack-pps": round(self.sent / self.seconds, 1),
            "visitor-packets-lost": self.visitors_lost(),
            "queue-drops": int(self.delta["softnet.dropped"]),
            "cpu-idle": round(self.delta["cpu.idle"] / max(1, self.delta["cpu.all"]), 3),
        }
        if self.with_levee:
            figures.update(self.levee_figures())
        return figures

    def levee_figures(self):
        records = read_json(os.path.join(self.directory, "source.json"))
        stats = read_json(os.path.join(self.directory, "stats.json"))
        dropped = stats_dropped(stats)
        wrong, attackers = {}, []
        for record in records:
            prefix = prefix_of(record)
            if prefix in self.visitors:
                if record["dropped-packets"]:
                    wrong[str(prefix)] = record["dropped-packets"]
            else:
                attackers.append(record)
        figures = {
            "dropped-packets": dropped,
            "attack-dropped": dropped - sum(wrong.values()),
            "attack-dropped-share": (dropped - sum(wrong.values())) / self.sent
                                    if self.sent else None,
            "attack-sources-dropped": len({prefix_of(r) for r in attackers
                                           if r["dropped-packets"]}),
            "records-dropped": sum(r["dropped-packets"] for r in records),
            "visitors-wrongly-dropped": wrong,
        }
        if os.path.exists(os.path.join(self.directory, "first.pcap")):
            figures.update(self.first_drops(attackers))
        return figures

    def first_drops(self, attackers):
        """From exceeding the limit to the first drop, source by source."""
        results = os.path.dirname(self.directory)
        packets = list(read_pcap(os.path.join(self.directory, "first.pcap")))
        first = packets[0][0] if packets else None
        exceeded = exceeded_times(packets, read_limits(results, "www"))
        recorded_until = packets[-1][0] if packets else 0
        delays, attack_to_drop = [], None
        for record in attackers:
            seen = record["first-seen"]
            if not record["dropped-packets"]:
                continue
            if first is not None:
                wait = (seen - first) / 1e6
                attack_to_drop = wait if attack_to_drop is None else min(wait, attack_to_drop)
            when = exceeded.pop((prefix_of(record), record["class"]), None)
            if when is not None:
                delays.append((seen - when) / 1e6)
        missed = [key for key, when in exceeded.items()
                  if recorded_until - when > FIRST_DROP_MS * 1e6]
        return {
            "attack-to-first-drop-ms": attack_to_drop,
            "exceeded-to-drop-ms-min": min(delays, default=None),
            "exceeded-to-drop-ms-median": percentile(delays, .5),
            "exceeded-to-drop-ms-max": max(delays, default=None),
            "sources-timed": len(delays),
            "sources-exceeded-not-dropped": len(missed),
            "capture-packets": len(packets),
            "capture-lost": capture_lost(os.path.join(self.directory, "tcpdump.log")),
        }


def prefix_of(record):
    prefix = record["prefix"]
    if isinstance(prefix, dict):
        prefix = f"{prefix['addr']}/{prefix['len']}"
    return ipaddress.ip_network(prefix)


def stats_dropped(stats):
    """Packets dropped by the policy "www", whatever the reason."""
    return sum(reason["dropped-packets"]
               for entry in stats["stats"] if entry["policy"] == "www"
               for reason in entry["reasons"])


def ms(seconds):
    """Milliseconds, or None for a load that failed."""
    if seconds is None or math.isinf(seconds):
        return None
    return round(seconds * 1000, 1)


def show_time(seconds):
    if seconds is None:
        return "-"
    if math.isinf(seconds):
        return "never"
    return f"{seconds * 1000:.0f} ms"


# ---- the table and the verdict ----

COLUMNS = ("", "success", "median", "p99", "site pkt/s", "attack pkt/s",
           "dropped", "visitors hit", "first drop", "over limit")


def row(title, figures):
    def time(value):
        return "never" if value is None else f"{value:.0f} ms"

    cells = [title,
             f"{figures['success'] * 100:.1f} %", time(figures["median-ms"]),
             time(figures["p99-ms"]), f"{figures['site-pps']:,.0f}",
             f"{figures['attack-pps']:,.0f}" if figures["attack-packets"] > 100 else "-"]
    if "dropped-packets" not in figures:
        return cells + ["-"] * 4
    share = figures["attack-dropped-share"]
    cells.append(f"{share * 100:.1f} %" if figures["attack-packets"] > 100 else "-")
    cells.append(str(len(figures["visitors-wrongly-dropped"])))
    for key in ("attack-to-first-drop-ms", "exceeded-to-drop-ms-max"):
        value = figures.get(key)
        cells.append("-" if value is None else f"{value:.1f} ms")
    return cells


def print_table(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(COLUMNS))]
    for cells in rows:
        if cells is None:
            continue
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(cells, widths))).rstrip())
        if cells is rows[0]:
            print("  ".join("-" * width for width in widths))


def judge(scenes):
    """Yields (kept, text) for every promise."""
    for name in ATTACKS:
        title = ATTACKS[name]
        without, with_ = scenes.get(f"{name}-without"), scenes.get(f"{name}-with")
        if without:
            yield (without["success"] < SUCCESS_WITHOUT,
                   f"{title} without levee: {without['success']:.1%} of the page loads "
                   f"succeed (below {SUCCESS_WITHOUT:.0%})")
        if with_:
            yield from judge_attack(title, with_)
    for name in ("peace-without", "peace-with"):
        peace = scenes.get(name)
        if peace:
            yield (peace["success"] >= SUCCESS_WITH,
                   f"{name.replace('-', ' ')} levee: {peace['success']:.1%} of the page "
                   f"loads succeed (at least {SUCCESS_WITH:.0%})")
        if peace and "dropped-packets" in peace:
            yield (peace["dropped-packets"] == 0,
                   f"{name.replace('-', ' ')} levee: {peace['dropped-packets']} packets "
                   "dropped (0)")


def judge_attack(title, figures):
    wrong = figures["visitors-wrongly-dropped"]
    yield (figures["success"] >= SUCCESS_WITH,
           f"{title} with levee: {figures['success']:.1%} of the page loads succeed "
           f"(at least {SUCCESS_WITH:.0%})")
    yield (not wrong, f"{title}: {len(wrong)} of {figures['visitor-sources']} visitors "
           "wrongly dropped (0)")
    lost = figures["visitor-packets-lost"] - figures["queue-drops"]
    yield (lost <= 0, f"{title}: {max(0, lost)} packets of visitors lost in the gateway, "
           "counted apart from levee (0)")
    yield (figures["attack-dropped-share"] >= DROPPED_SHARE,
           f"{title}: {figures['attack-dropped-share']:.2%} of {figures['attack-packets']:,} "
           f"attack packets dropped (at least {DROPPED_SHARE:.0%})")
    worst, least = figures["exceeded-to-drop-ms-max"], figures["exceeded-to-drop-ms-min"]
    timed = (worst is not None and least > -5 and figures["capture-lost"] == 0
             and figures["sources-exceeded-not-dropped"] == 0)
    yield (timed and worst <= FIRST_DROP_MS,
           f"{title}: first drop at most {worst if worst is None else round(worst, 2)} ms "
           f"after a source exceeded its limit, {figures['sources-timed']} sources timed "
           f"(at most {FIRST_DROP_MS:.0f} ms)")


def report(results, took):
    scenes, rows = {}, [COLUMNS]
    order = ["peace-without", "peace-with"]
    order += [f"{a}-{w}" for a in ATTACKS for w in ("without", "with")]
    for name in order:
        directory = os.path.join(results, name)
        if not os.path.exists(os.path.join(directory, "after")):
            continue
        scenes[name] = Scene(directory).figures()
        attack, _, with_ = name.partition("-")
        rows.append(row(f"{ATTACKS.get(attack, 'peace')}, {with_} levee", scenes[name]))
    print()
    print_table(rows)
    print_legend(scenes)
    verdicts = list(judge(scenes))
    if took is not None:
        verdicts.append((took <= TOOK_SECONDS,
                         f"the run took {took:.0f} s (at most {TOOK_SECONDS} s)"))
    kept = all(good for good, _ in verdicts)
    print()
    for good, text in verdicts:
        print(f"{'kept  ' if good else 'BROKEN'}  {text}")
    return scenes, verdicts, kept


def print_legend(scenes):
    first = next(iter(scenes.values()))
    print(f"""
success: share of the visitors' page loads that end within {PATIENCE:.0f} s ({first['visitor-sources']} visitors,
each load a new connection); median and p99 over all loads, "never" if those failed.
dropped: share of the packets that attackers sent that levee dropped. visitors hit: visitors of
whom levee dropped a packet. first drop: from the attack's first packet to the first drop.
over limit: from a source exceeding its limit to its first drop, the slowest source.""")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scene", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--took", type=float)
    parser.add_argument("results")
    args = parser.parse_args()
    if args.scene:
        print(Scene(args.results).line())
        return 0
    scenes, verdicts, kept = report(args.results, args.took)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({
                "machine": read_pairs(os.path.join(args.results, "machine")),
                "took-seconds": args.took,
                "scenes": scenes,
                "promises": [{"kept": good, "text": text} for good, text in verdicts],
            }, file, indent=2)
            file.write("\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
