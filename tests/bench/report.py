#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Turns what make bench measured into tables, bench.csv, bench.json and bench.svg.

usage: report.py [--took SECONDS] FOLDER        measurements are in FOLDER/results

Exit status 1 when a promise is not kept, or somebody did not do its job.
"""

import argparse
import csv
import json
import os
import statistics
import sys

import plot
import promises
from results import NAMES, PEERS, count_text, load

KINDS = {
    "over": "every source over its limit",
    "conform": "every source within its limit",
    "new": "every packet from a new source",
    "miss": "every packet from anywhere, next to a list of prefixes",
    "hit": "every source in a list of prefixes",
}
SHARED = ", packets shared with pktgen"


def spread(values):
    return (max(values) - min(values)) / 2


def cell_text(workload, name):
    cell = workload.cells.get(name)
    if not cell or not cell.added:
        return "-"
    if cell.wrong:
        return "WRONG"
    text = f"{statistics.median(cell.added):.0f} ±{spread(cell.added):.0f}"
    return f"({text})" if cell.stopped else text


def ratio_text(workload, to):
    ratio = workload.ratio("levee_dev", to)
    return "-" if ratio is None else f"{ratio:.2f}"


def print_rows(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  " + row[0].ljust(widths[0]) +
              "".join("  " + text.rjust(width) for text, width in zip(row[1:], widths[1:])))


def print_group(key, group):
    """One table: contenders down, numbers of sources across."""
    kernel, cpus, family, kind, shared = key
    print(f"\n{kernel}, {cpus} CPU{'s' if cpus > 1 else ''}, {family.replace('ip', 'IPv')}, "
          f"{KINDS[kind]}{SHARED if shared else ''}: ns per packet")
    heads = [count_text(w.info["sources"]) if kind != "new" else "new" for w in group]
    rows = [["added over the bare drop"] + heads]
    for name, title in NAMES.items():
        if name == "drop":
            rows.append(["bare drop (itself)"] +
                        [f"{statistics.median(w.cells['drop'].ns()):.0f} "
                         f"±{spread(w.cells['drop'].ns()):.0f}" for w in group])
        elif any(name in w.cells for w in group):
            rows.append([title] + [cell_text(w, name) for w in group])
    if any(w.info["slots"] for w in group) and kind not in promises.LIST_TO_FLOOR:
        rows.append(["slots of levee's table"] + [f"{w.info['slots']:,}" for w in group])
    if kind in promises.LIST_TO_FLOOR:
        print_rows(rows + list_rows(group))
        for workload in group:
            print_remarks(workload)
        return
    for to in PEERS + ("probe",):
        rows.append([f"levee : {NAMES[to]}"] + [ratio_text(w, to) for w in group])
    rows.append(["memory held, MB: levee"] + [memory_text(w, "levee_dev") for w in group])
    for name in ("probe", *PEERS, "ipset"):
        if any(name in w.cells for w in group):
            rows.append([f"                 {NAMES[name]}"] +
                        [memory_text(w, name) for w in group])
    print_rows(rows)
    for workload in group:
        print_remarks(workload)


def list_rows(group):
    """Of workloads with lists: levee holds both families, each of the others one."""
    lists = ("levee_list", "ipset_net", "nft_list")
    rows = [[f"levee : {NAMES[to]}"] + [list_ratio_text(w, to) for w in group]
            for to in ("probe",) + lists[1:]]
    rows += [[f"load, s: {NAMES[name]}"] + [load_text(w, name) for w in group] for name in lists]
    rows += [[f"memory held, MB: {NAMES[name]}"] + [memory_text(w, name) for w in group]
             for name in lists]
    return rows


def list_ratio_text(workload, to):
    ratio = workload.ratio("levee_list", to)
    return "-" if ratio is None else f"{ratio:.2f}"


def load_text(workload, name):
    cell = workload.cells.get(name)
    return "-" if not cell or cell.load_ms is None else f"{cell.load_ms / 1000:.1f}"


def memory_text(workload, name):
    cell = workload.cells.get(name)
    if not cell or cell.memory_kb is None:
        return "-"
    return f"{cell.memory_kb / 1024:.0f}"


def print_remarks(workload):
    where = "new sources" if workload.info["kind"] == "new" else \
        f"{count_text(workload.info['sources'])} sources"
    for cell in workload.cells.values():
        if cell.wrong:
            print(f"  WRONG: {NAMES[cell.name]} at {where}: {cell.wrong}")
        elif cell.stopped:
            print(f"  not comparable: {NAMES[cell.name]} at {where}: {cell.stopped}")


def write_csv(path, workloads):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["kernel", "release", "cpus", "family", "kind", "sources", "shared",
                      "contender", "ns", "ns_min", "ns_max", "added_ns", "added_min", "added_max",
                      "sent", "passed", "memory_kb", "remark"])
        for w in workloads.values():
            for cell in w.cells.values():
                if not cell.rounds:
                    continue
                ns, added = cell.ns(), cell.added or [float("nan")]
                out.writerow([w.info["kernel-name"], w.info.get("kernel"), w.info["cpus"],
                              w.info["family"], w.info["kind"], w.info["sources"],
                              w.info["shared"], cell.name] +
                             [f"{f(v):.1f}" for v in (ns, added)
                              for f in (statistics.median, min, max)] +
                             [cell.total("sent"), cell.total("passed"), cell.memory_kb,
                              cell.wrong or cell.stopped or ""])


def figures(workload):
    return {
        **workload.info,
        "contenders": {
            cell.name: {
                "ns": [round(n, 1) for n in cell.ns()],
                "added-ns": round(statistics.median(cell.added), 1) if cell.added else None,
                "sent": cell.total("sent"), "passed": cell.total("passed"),
                "memory-kb": cell.memory_kb, "load-ms": cell.load_ms,
                "stopped": cell.stopped, "wrong": cell.wrong,
            } for cell in workload.cells.values() if cell.rounds
        },
        "levee-to": {to: workload.ratio("levee_dev", to) for to in PEERS + ("probe",)},
    }


def print_all(workloads):
    groups = {}
    for workload in workloads.values():
        if not workload.measured():
            why = workload.info.get("skipped", "there is no bare drop to compare with")
            print(f"not measured: {workload.info['name']}: {why}")
            continue
        info = workload.info
        key = (info["kernel-name"], info["cpus"], info["family"], info["kind"],
               info["shared"])
        groups.setdefault(key, []).append(workload)
    for key, group in groups.items():
        print_group(key, group)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--took", type=float)
    parser.add_argument("folder")
    args = parser.parse_args()
    workloads = load(os.path.join(args.folder, "results"))
    print_all(workloads)
    verdicts = promises.judge(workloads)
    print()
    for good, text in verdicts:
        print(f"{'kept  ' if good else 'BROKEN'}  {text}")
    if args.took is not None:
        print(f"\nThe run took {args.took / 60:.0f} min. Tables are in {args.folder}.")
    write_csv(os.path.join(args.folder, "bench.csv"), workloads)
    with open(os.path.join(args.folder, "bench.json"), "w", encoding="utf-8") as file:
        json.dump({
            "took-seconds": args.took,
            "workloads": {name: figures(w) for name, w in workloads.items()},
            "promises": [{"kept": good, "text": text} for good, text in verdicts],
        }, file, indent=2)
        file.write("\n")
    plot.write(os.path.join(args.folder, "bench.svg"), workloads)
    return 0 if all(good for good, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
