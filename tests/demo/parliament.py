#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Turns the measurements of parliament.sh into a table, and judges them.

usage: parliament.py --phase DIR        one line about one phase
       parliament.py [--json FILE] [--took SECONDS] [--short] RESULTS

With --short, promises that need the whole story are not judged: that protection is needed
in each phase, and the peer's figures. Exit status 1 when a promise is not kept.
"""

import argparse
import html.parser
import ipaddress
import json
import os
import sys

sys.dont_write_bytecode = True
from report import (Scene, percentile, prefix_of, read_json, read_loads,  # noqa: E402
                    read_pairs, read_visitors, show_time)

COLUMNS = {"without": "without", "peer": "nft+synproxy", "levee": "levee"}
PHASES = {"peace": "peace", "one": "1 SYN, UDP, reflection", "two": "2 the same without DNS",
          "three": "3 longer and slower", "crowd": "4 crowd of clients",
          "all": "5 everything at once"}

# What is promised.
SUCCESS = 0.99
SUCCESS_WITHOUT = 0.50
SLOWER = 3.0            # than in peace, the slowest page load in a hundred
ALL_CAME = 0.9          # of those that were to come
TOOK_SECONDS = 420

NEW = [ipaddress.ip_network("198.19.64.0/18"), ipaddress.ip_network("2001:db8:f00::/40")]


def read_log(path):
    """(time, what, value) of the lines that sessions.py wrote."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            when, what, value = line.split()
            yield float(when), what, value


class Phase(Scene):
    """Figures of one row."""

    def __init__(self, directory):
        super().__init__(directory)
        self.known = self.loads
        self.new = []
        for name in ("new4", "new6"):
            self.new += read_loads(os.path.join(directory, name))
        self.loads = self.known + self.new
        column = os.path.dirname(directory)
        self.begin = read_pairs(os.path.join(directory, "before"))["time"]
        self.end = read_pairs(os.path.join(directory, "after"))["time"]
        self.answers = [what for _, what, _ in self.said(column, "resolver")]
        self.read = [int(value) for _, what, value in self.said(column, "download")
                     if what == "bytes"]
        self.echo = echo_of(os.path.join(column, "login"), self.begin, self.end)

    def said(self, column, name):
        return [line for line in read_log(os.path.join(column, name))
                if self.begin <= line[0] <= self.end]

    def banned(self):
        """Visitors that are banned, those that came once included."""
        path = os.path.join(self.directory, "banned.json")
        if not os.path.exists(path):
            return None
        prefixes = [prefix_of(record) for record in read_json(path)]
        mine = list(self.visitors) + NEW
        return len(prefixes), [str(p) for p in prefixes if touches(p, mine)]

    def figures(self):
        figures = {
            "seconds": round(self.seconds, 1),
            "page-loads": len(self.loads),
            "page-loads-good": self.good(),
            "success": self.success(),
            "known-loads": len(self.known),
            "known-good": sum(t is not None for t in self.known),
            "new-loads": len(self.new),
            "new-good": sum(t is not None for t in self.new),
            "known-median-ms": in_ms(percentile(self.known, .5)),
            "new-median-ms": in_ms(percentile(self.new, .5)),
            "median-ms": in_ms(percentile(self.loads, .5)),
            "p99-ms": in_ms(percentile(self.loads, .99)),
            "site-pps": round(self.delta["site.rx_packets"] / self.seconds),
            "site-mbit": round(self.delta["site.rx_bytes"] * 8e-6 / self.seconds, 2),
            "attack-pps": round(self.sent / self.seconds),
            "visitor-packets-lost": self.visitors_lost(),
            "line-drops": [int(self.delta["line.in"]), int(self.delta["line.out"])],
            "queue-drops": int(self.delta["softnet.dropped"]),
            "names-asked": len(self.answers),
            "names-failed": self.answers.count("failed"),
            "names-long": self.answers.count("long"),
            "download-bytes": self.read[-1] - self.read[0] if self.read else 0,
            "echo-ms": self.echo,
            "cpu-idle": round(self.delta["cpu.idle"] / max(1, self.delta["cpu.all"]), 3),
        }
        if (banned := self.banned()) is not None:
            figures["banned"], figures["visitors-banned"] = banned
        return figures

    def line(self):
        return (f"{self.good()} of {len(self.loads)} page loads "
                f"({sum(t is not None for t in self.new)} of {len(self.new)} first ones), "
                f"median {show_time(percentile(self.loads, .5))}; {self.answers.count('failed')} of "
                f"{len(self.answers)} names not found; "
                f"{self.delta['site.rx_packets'] / self.seconds:,.0f} packets/s at the site, "
                f"{self.sent / self.seconds:,.0f}/s from attackers")


def touches(prefix, others):
    return any(prefix.version == other.version and prefix.overlaps(other) for other in others)


def in_ms(seconds):
    return None if seconds is None or seconds == float("inf") else round(seconds * 1000, 1)


def echo_of(path, begin, end):
    """What became of what was typed then: ms, "broken", or None if it was not echoed."""
    typed = False
    for when, what, value in read_log(path):
        if what == "typed" and begin <= when <= end:
            typed = True
        elif typed and what == "echo":
            return float(value)
        elif typed and what == "broken":
            return "broken"
    return None


# ---- the table ----

TITLES = ("", "", "visitors", "first-time", "median", "p99", "names", "download", "session",
          "site pkt/s", "attack pkt/s")


def row(phase, column, figures):
    def share(good, all_):
        return f"{100 * figures[good] / figures[all_]:.1f} %" if figures[all_] else "-"

    def time(value):
        return "never" if value is None else f"{value:.0f} ms"

    echo = figures["echo-ms"]
    asked = figures["names-asked"]
    return (PHASES[phase], COLUMNS[column], share("known-good", "known-loads"),
            share("new-good", "new-loads"), time(figures["median-ms"]), time(figures["p99-ms"]),
            f"{asked - figures['names-failed']}/{asked}",
            f"{figures['download-bytes'] / 1000 / figures['seconds']:.1f} kB/s",
            echo if echo == "broken" else time(echo),
            f"{figures['site-pps']:,}", f"{figures['attack-pps']:,}")


def print_table(rows):
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(TITLES))]
    last = None
    for cells in rows:
        if cells[0] != last and last is not None:
            print("  ".join("-" * width for width in widths) if last == "" else "")
        shown = ("",) + cells[1:] if cells[0] == last else cells
        last = cells[0]
        print("  ".join(cell.ljust(width) if i < 2 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(shown, widths))).rstrip())


# ---- the verdict ----

def judge_levee(phase, figures, peace):
    title = f"{PHASES[phase]}, levee:"
    yield (figures["success"] >= SUCCESS,
           f"{title} {figures['success']:.2%} of {figures['page-loads']} page loads succeed "
           f"(at least {SUCCESS:.0%})")
    yield (figures["page-loads"] >= ALL_CAME * figures["expected-loads"],
           f"{title} {figures['page-loads']} page loads were tried (at least "
           f"{ALL_CAME:.0%} of {figures['expected-loads']})")
    if phase != "peace":
        most = SLOWER * peace["p99-ms"]
        p99 = figures["p99-ms"]
        yield (p99 is not None and p99 <= most,
               f"{title} p99 {'never' if p99 is None else p99} ms (at most {most:.0f} ms, "
               f"{SLOWER:.0f} times that of peace)")
    yield (not figures["visitors-banned"],
           f"{title} {len(figures['visitors-banned'])} visitors among {figures['banned']} that "
           "are banned (0)")
    yield (figures["names-asked"] > 0 and figures["names-failed"] == 0 and
           figures["names-long"] > 0,
           f"{title} {figures['names-failed']} of {figures['names-asked']} names not found (0), "
           f"{figures['names-long']} answers in fragments (some)")
    yield (figures["download-bytes"] > 0,
           f"{title} the download goes on, {figures['download-bytes']} bytes (some)")
    yield (isinstance(figures["echo-ms"], float),
           f"{title} the session echoes, after {figures['echo-ms']} ms")


def download_whole(column):
    return any(what == "whole" for _, what, _ in read_log(os.path.join(column, "download")))


def judge_report(results):
    """Is the attack report one page of HTML that tells of the attack?"""
    path = os.path.join(results, "attack-report.html")
    try:
        with open(path, encoding="utf-8") as file:
            page = file.read()
        html.parser.HTMLParser().feed(page)
        attacks = read_json(os.path.join(results, "report.json"))["attacks"]
    except (OSError, KeyError, ValueError) as error:
        yield False, f"the attack report was written ({error})"
        return
    classes = {vector["class"] for attack in attacks for vector in attack["vectors"]}
    yield (page.rstrip().endswith("</html>") and {"syn", "reflect", "frag"} <= classes,
           f"the attack report tells of {', '.join(sorted(classes)) or 'nothing'} (syn, reflect, "
           "frag)")


def judge(results, columns, short):
    levee = columns.get("levee", {})
    for phase, figures in levee.items():
        yield from judge_levee(phase, figures, levee["peace"])
    if levee:
        yield (download_whole(os.path.join(results, "levee")),
               "levee: the download that began before the attack is whole after it")
        records = read_json(os.path.join(results, "levee", "source.json"))
        known = read_visitors(os.path.join(results, "levee", "peace", "visitors"))[0]
        hit = {str(prefix_of(r)) for r in records if r["dropped-packets"]
               and prefix_of(r).prefixlen and touches(prefix_of(r), known)}
        yield not hit, f"levee: {len(hit)} of {len(known)} visitors were dropped from (0)"
        if {"one", "all"} & set(levee):
            yield from judge_report(results)
    for phase, figures in columns.get("without", {}).items():
        if phase == "peace":
            yield (figures["success"] >= SUCCESS,
                   f"peace, without: {figures['success']:.2%} of the page loads succeed "
                   f"(at least {SUCCESS:.0%})")
        else:
            yield (figures["success"] < SUCCESS_WITHOUT,
                   f"{PHASES[phase]}, without: {figures['success']:.2%} of the page loads "
                   f"succeed (below {SUCCESS_WITHOUT:.0%})")
    if not short:
        measured = {name: set(phases) for name, phases in columns.items()}
        yield (all(measured.get(name) == set(PHASES) for name in COLUMNS),
               "all phases were measured without, with nft+synproxy, and with levee")


def read_columns(results):
    columns = {}
    for column in COLUMNS:
        for phase in PHASES:
            directory = os.path.join(results, column, phase)
            if os.path.exists(os.path.join(directory, "after")):
                figures = Phase(directory).figures()
                figures["expected-loads"] = int(read_pairs(
                    os.path.join(directory, "expected"))["loads"])
                columns.setdefault(column, {})[phase] = figures
    return columns


def print_legend():
    print("""
visitors, first-time: page loads that end within 2 s, of those who know the site, and of those
who come once, in the middle of the attack; median and p99 over both. names: what a resolver
behind the gateway finds out. download: of a long file, begun before the attack. session: how
long an idle one, begun before the attack from inside, takes to echo a line. nft+synproxy: what
a skilled operator configures without levee, with hashlimit as well.""")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--phase", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--took", type=float)
    parser.add_argument("results")
    args = parser.parse_args()
    if args.phase:
        print(Phase(args.results).line())
        return 0
    columns = read_columns(args.results)
    rows = [row(phase, column, columns[column][phase]) for phase in PHASES
            for column in COLUMNS if phase in columns.get(column, {})]
    print()
    print_table([TITLES] + rows)
    print_legend()
    print()
    verdicts = list(judge(args.results, columns, args.short))
    if args.took is not None:
        verdicts.append((args.took <= TOOK_SECONDS,
                         f"the run took {args.took:.0f} s (at most {TOOK_SECONDS} s)"))
    for good, text in verdicts:
        print(f"{'kept  ' if good else 'BROKEN'}  {text}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"machine": read_pairs(os.path.join(args.results, "machine")),
                       "took-seconds": args.took, "columns": columns,
                       "promises": [{"kept": good, "text": text} for good, text in verdicts]},
                      file, indent=2)
            file.write("\n")
    return 0 if verdicts and all(good for good, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
