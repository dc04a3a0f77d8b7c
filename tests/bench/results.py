# SPDX-License-Identifier: GPL-2.0
"""Reads what guest.sh measured: medians, spreads, and whether everybody did its job."""

import os
import statistics

NAMES = {
    "drop": "bare drop",
    "drop_pre": "bare drop, PREROUTING",
    "probe": "memory floor",
    "levee_dev": "levee",
    "levee_pre": "levee, PREROUTING",
    "levee_idle": "levee, all configured",
    "hashlimit": "iptables hashlimit",
    "nft_set": "nft dynamic set",
    "nft_drop": "nft drop",
    "ipset": "ipset lookup",
    "levee_list": "levee, list deny",
    "levee_none": "levee, no list",
    "ipset_net": "ipset hash:net",
    "nft_list": "nft interval set",
}
LIMITERS = ("levee_dev", "levee_pre", "hashlimit", "nft_set")
PEERS = ("hashlimit", "nft_set")

# A limiter that treats more packets than this otherwise than it should did not do its job.
WRONG_SHARE = 0.02
# Of the sources, that found no place of their own.
MISSING_SHARE = 0.03


def count_text(number):
    """240, 64k, 1M: as in the list of workloads."""
    if number and number % 1000000 == 0:
        return f"{number // 1000000}M"
    if number and number % 1024 == 0:
        return f"{number // 1024}k"
    return str(number)


class Cell:
    """One contender under one workload."""

    def __init__(self, name):
        self.name = name
        self.rounds = []        # of {sent, passed, dropped or None, ns}
        self.fill = None        # (sent, passed)
        self.memory_kb = None
        self.load_ms = None
        self.stopped = None     # why it is not comparable
        self.wrong = None       # why its figures mean nothing
        self.added = []         # ns over the bare drop, per round

    def total(self, what):
        return sum(r[what] or 0 for r in self.rounds)

    def ns(self):
        return [r["ns"] for r in self.rounds]

    def add_run(self, words):
        """Words: ROUND passed N dropped N cpus [SENT US ERRORS]..."""
        threads = [int(w) for w in words[6:]]
        sent, took_us = sum(threads[0::3]), sum(threads[1::3])
        self.rounds.append({
            "sent": sent, "passed": int(words[2]), "errors": sum(threads[2::3]),
            "dropped": None if words[4] == "-" else int(words[4]),
            "ns": took_us * 1000 / sent,
        })

    def check(self, kind, sources):
        """Did it do what it is there for? Sets stopped and wrong."""
        sent, passed = self.total("sent"), self.total("passed")
        if not sent:
            self.wrong = "sent nothing"
            return
        own = [r for r in self.rounds if r["dropped"] is not None]
        if any(r["dropped"] + r["passed"] != r["sent"] for r in own):
            self.wrong = "its own count of drops is not what is missing"
            return
        self.check_inserted(kind, sources, passed / sent)
        if self.stopped:
            return
        # Of sources from everywhere, some are in the list.
        limits = kind in ("conform", "new") and self.name in LIMITERS + ("probe",) or \
            kind == "miss" and self.name != "drop" or self.name == "levee_none"
        share = 1 - passed / sent if limits else passed / sent
        if share > WRONG_SHARE:
            self.wrong = f"{share:.1%} of the packets " + ("dropped" if limits else "passed")

    def check_inserted(self, kind, sources, passed_share):
        """The first packet of each source conforms, as long as there is room for it."""
        if self.name not in LIMITERS:
            return
        if self.fill and self.fill[1] < (1 - MISSING_SHARE) * self.fill[0]:
            self.stopped = f"stopped inserting at {self.fill[1]:,}"
        elif kind == "over" and passed_share > WRONG_SHARE:
            self.stopped = f"stopped inserting at about {sources * (1 - passed_share):,.0f}"
        elif kind == "new" and passed_share < 1 - WRONG_SHARE:
            self.stopped = f"stopped inserting, let through {passed_share:.0%}"


class Workload:
    """What one guest measured."""

    def __init__(self, path):
        self.info, self.cells = {}, {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                self.add_line(line.split())
        for key in ("sources", "cpus", "slots", "shared"):
            self.info[key] = int(self.info.get(key, 0))
        self.compare()

    def cell(self, name):
        return self.cells.setdefault(name, Cell(name))

    def add_line(self, words):
        if words[0] == "info":
            self.info[words[1]] = " ".join(words[2:])
        elif words[0] == "run":
            self.cell(words[1]).add_run(words[2:])
        elif words[0] == "fill":
            self.cell(words[1]).fill = (int(words[2]), int(words[4]))
        elif words[0] == "load":
            self.cell(words[1]).load_ms = int(words[2])
        elif words[0] == "memory":
            self.cell(words[1]).memory_kb = int(words[2])

    def compare(self):
        floor = self.cells.get("drop")
        if floor and floor.memory_kb is not None:
            # What every network namespace with a device and pktgen takes.
            for cell in self.cells.values():
                if cell is not floor and cell.memory_kb is not None:
                    cell.memory_kb = max(0, cell.memory_kb - floor.memory_kb)
        for cell in self.cells.values():
            cell.check(self.info["kind"], self.info["sources"])
            if floor:
                cell.added = [mine - bare for mine, bare in zip(cell.ns(), floor.ns())]

    def measured(self):
        floor = self.cells.get("drop")
        return "skipped" not in self.info and floor is not None and bool(floor.rounds)

    def added(self, name):
        """Median ns over the bare drop, or None if that means nothing."""
        cell = self.cells.get(name)
        if not cell or not cell.added or cell.wrong or cell.stopped:
            return None
        return statistics.median(cell.added)

    def ratio(self, name, to):
        mine, other = self.added(name), self.added(to)
        if mine is None or other is None or other <= 0:
            return None
        return mine / other

    def better_peer(self):
        peers = [p for p in PEERS if self.added(p) is not None]
        return min(peers, key=self.added) if peers else None


def load(folder):
    """All workloads under a folder, by name, in the order in which they were measured."""
    workloads = {}
    paths = [os.path.join(folder, name, "results") for name in os.listdir(folder)]
    for path in sorted(paths, key=os.path.getctime):
        workload = Workload(path)
        workloads[workload.info["name"]] = workload
    return workloads
