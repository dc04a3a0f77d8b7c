# SPDX-License-Identifier: GPL-2.0
"""What levee promises about its speed, always as ratios, and whether this run kept it."""

import statistics

from results import NAMES, count_text

# Added cost, as a share of that of the better peer: (kernel, CPUs, sources).
TO_PEER = {
    ("uml-6.12", 1, 240): 0.5,
    ("uml-6.12", 1, 65536): 0.5,
    ("uml-6.12", 1, 1000000): 0.45,
    ("uml-6.12", 1, 16000000): 0.25,
    ("uml-7", 2, 1000000): 0.25,
    ("uml-7", 2, 16000000): 0.25,
}
# Added cost, as a multiple of that of the memory floor: (kind, sources).
TO_FLOOR = {
    ("over", 1000000): 1.3,
    ("over", 16000000): 1.3,
    ("conform", 1000000): 1.6,
    ("conform", 16000000): 1.6,
}
# Of a lookup in a list, likewise: kind; None if that is only shown. And how long a million
# prefixes may take to load.
LIST_TO_FLOOR = {"miss": 1.5, "hit": None}
LIST_LOAD_MS = 5000
# With all that is there for other floods configured, but idle, as a multiple of without.
IDLE = 1.1
# Packets/s of each of two CPUs, as a share of those of one, the bare drop set to one.
SCALING = 0.9


def measured(workloads):
    return [w for w in workloads.values() if w.measured()]


def title(workload):
    info = workload.info
    return (f"{info['kernel-name']}, {info['cpus']} CPU, {info['family'].replace('ip', 'IPv')}, "
            f"{info['kind']}, {count_text(info['sources'])} "
            f"{'prefixes' if info['kind'] in LIST_TO_FLOOR else 'sources'}"
            + (", shared" if info["shared"] else ""))


def judge_jobs(workloads):
    for workload in measured(workloads):
        for cell in workload.cells.values():
            if cell.wrong:
                yield False, f"{title(workload)}: {NAMES[cell.name]} did its job: {cell.wrong}"
        levee = workload.cells.get("levee_dev")
        if levee and levee.stopped:
            yield False, f"{title(workload)}: levee holds every source: {levee.stopped}"


def judge_peers(workloads):
    for workload in measured(workloads):
        info = workload.info
        most = TO_PEER.get((info["kernel-name"], info["cpus"], info["sources"]))
        peer = workload.better_peer()
        if most is None or info["kind"] != "over" or peer is None:
            continue
        ratio = workload.ratio("levee_dev", peer)
        if ratio is not None:
            yield (ratio <= most, f"{title(workload)}: levee adds {ratio:.2f} x what "
                                  f"{NAMES[peer]} adds (at most {most})")


def judge_floor(workloads):
    for workload in measured(workloads):
        info = workload.info
        most = TO_FLOOR.get((info["kind"], info["sources"]))
        ratio = workload.ratio("levee_dev", "probe")
        if most is not None and info["cpus"] == 1 and not info["shared"] and ratio is not None:
            yield (ratio <= most, f"{title(workload)}: levee adds {ratio:.2f} x what one "
                                  f"memory access adds (at most {most})")


def judge_idle(workloads):
    for workload in measured(workloads):
        ratio = workload.ratio("levee_idle", "levee_dev")
        if ratio is not None and workload.info["cpus"] == 1 and not workload.info["shared"]:
            yield (ratio <= IDLE, f"{title(workload)}: with all configured, levee adds "
                                  f"{ratio:.2f} x what it adds without (at most {IDLE})")


def judge_lists(workloads):
    for workload in measured(workloads):
        info, cell = workload.info, workload.cells.get("levee_list")
        most = LIST_TO_FLOOR.get(info["kind"])
        ratio = workload.ratio("levee_list", "probe")
        if most is not None and info["cpus"] == 1 and ratio is not None:
            yield (ratio <= most, f"{title(workload)}: a list adds {ratio:.2f} x what one memory "
                                  f"access adds (at most {most})")
        if cell and cell.load_ms is not None:
            yield (cell.load_ms <= LIST_LOAD_MS,
                   f"{title(workload)}: the list is loaded in {cell.load_ms / 1000:.1f} s "
                   f"(at most {LIST_LOAD_MS / 1000:.0f} s)")


def judge_scaling(workloads):
    """Two CPUs against one, on the same kernel and the same sources over their limit."""
    by_place = {(w.info["kernel-name"], w.info["cpus"], w.info["family"], w.info["kind"],
                 w.info["sources"]): w for w in measured(workloads) if not w.info["shared"]}
    for (kernel, cpus, family, kind, sources), two in by_place.items():
        one = by_place.get((kernel, 1, family, kind, sources))
        if cpus != 2 or kind != "over" or not one:
            continue
        share = {}
        for name in ("levee_dev", "drop"):
            if name in one.cells and name in two.cells:
                share[name] = (statistics.median(one.cells[name].ns()) /
                               statistics.median(two.cells[name].ns()))
        if len(share) == 2:
            ratio = share["levee_dev"] / share["drop"]
            yield (ratio >= SCALING,
                   f"{title(two)}: each CPU judges {ratio:.2f} x the packets/s of one alone "
                   f"(at least {SCALING}; bare drop: {share['drop']:.2f} x, set to 1)")


def judge(workloads):
    """Yields (kept, text) for everything that this run can tell."""
    return [verdict for part in (judge_jobs, judge_peers, judge_floor, judge_idle,
                                 judge_lists, judge_scaling)
            for verdict in part(workloads)]
