# SPDX-License-Identifier: GPL-2.0
"""Draws what contenders add to a dropped packet against the number of sources, as SVG."""

import math
import statistics

from results import NAMES, count_text

# One kernel, one CPU: the plainest comparison.
SHOWN = {"kernel-name": "uml-6.12", "cpus": 1, "family": "ip4", "kind": "over", "shared": 0}

WIDTH, HEIGHT = 840, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 74, 58
LABEL_STEP = 17     # between labels of lines that end close to each other

# (colour on white, colour on black, width, dashes); lines drawn later lie above.
LINES = {
    "nft_set": ("#c2410c", "#fb923c", 2, ""),
    "hashlimit": ("#a21caf", "#e879f9", 2, ""),
    "ipset": ("#4d7c0f", "#a3e635", 2, ""),
    "nft_drop": ("#64748b", "#94a3b8", 2, ""),
    "probe": ("#64748b", "#94a3b8", 2, "5 4"),
    "levee_pre": ("#0369a1", "#38bdf8", 2, "5 4"),
    "levee_dev": ("#0369a1", "#38bdf8", 3.5, ""),
}

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1e293b }
  .title { font-size: 17px; font-weight: 600 }
  .minor { fill: #64748b }
  .grid { stroke: #e2e8f0 }
  .line { fill: none; stroke-linejoin: round; stroke-linecap: round }
  .paper { fill: #ffffff }
  .levee_dev-dot { font-weight: 600 }
"""
STYLE_DARK = """
    text { fill: #e2e8f0 }
    .minor { fill: #94a3b8 }
    .grid { stroke: #334155 }
    .paper { fill: #0d1117 }
"""


def shown(workloads):
    """Those that the plot is about, by growing number of sources."""
    chosen = [w for w in workloads.values() if w.measured()
              and all(w.info[key] == value for key, value in SHOWN.items())]
    return sorted(chosen, key=lambda w: w.info["sources"])


def nice_step(top):
    """A step of 1, 2 or 5 times a power of ten that makes four to nine lines."""
    rough = top / 6
    power = 10 ** math.floor(math.log10(rough))
    return next(power * f for f in (1, 2, 5, 10) if power * f >= rough)


class Plot:
    """The axes, and how figures become places on the paper."""

    def __init__(self, workloads):
        self.workloads = workloads
        self.parts = []
        sources = [w.info["sources"] for w in workloads]
        self.low, self.high = math.log10(sources[0]), math.log10(sources[-1])
        highest = max(max(w.cells[n].added) for w in workloads for n in LINES
                      if n in w.cells and self.usable(w.cells[n]))
        self.step = nice_step(highest)
        self.top = self.step * math.ceil(highest / self.step)

    @staticmethod
    def usable(cell):
        return cell.added and not cell.wrong and not cell.stopped

    def x(self, sources):
        share = (math.log10(sources) - self.low) / max(self.high - self.low, 1e-9)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, ns):
        return HEIGHT - BOTTOM - max(ns, 0) / self.top * (HEIGHT - TOP - BOTTOM)

    def add(self, text):
        self.parts.append(text)

    def text(self, x, y, text, anchor="start", cls=""):
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{cls}">{text}</text>')

    def axes(self):
        ns = 0
        while ns <= self.top + 1e-9:
            self.add(f'<path class="grid" d="M{LEFT} {self.y(ns):.1f}H{WIDTH - RIGHT}"/>')
            self.text(LEFT - 10, self.y(ns) + 4, f"{ns:g}", "end", "minor")
            ns += self.step
        for workload in self.workloads:
            at = self.x(workload.info["sources"])
            self.text(at, HEIGHT - BOTTOM + 22, count_text(workload.info["sources"]), "middle",
                      "minor")
        self.text(LEFT, 30, "What dropping a packet costs, above a bare drop", cls="title")
        self.text(LEFT, 52, f"ns per packet, Linux {self.workloads[0].info.get('kernel', '')}, one CPU; "
                            "every source over its limit", cls="minor")
        self.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "sources (random order)", "middle",
                  "minor")

    def line(self, name):
        """Draws one contender; returns where its label belongs, or None."""
        points, stopped = [], None
        for workload in self.workloads:
            cell = workload.cells.get(name)
            if cell and self.usable(cell):
                points.append((self.x(workload.info["sources"]), statistics.median(cell.added),
                               min(cell.added), max(cell.added)))
            elif cell and cell.stopped:
                stopped = cell.stopped
        if not points:
            return None
        width, dashes = LINES[name][2:]
        path = "L".join(f"{x:.1f} {self.y(ns):.1f}" for x, ns, _, _ in points)
        self.add(f'<path class="line {name}" stroke-width="{width}" stroke-dasharray="{dashes}" '
                 f'd="M{path}"/>')
        for x, ns, low, high in points:
            self.add(f'<path class="line {name}" d="M{x:.1f} {self.y(low):.1f}V{self.y(high):.1f}"/>')
            self.add(f'<circle class="{name}-dot" cx="{x:.1f}" cy="{self.y(ns):.1f}" r="3.5"/>')
        x, ns = points[-1][:2]
        if stopped and x < WIDTH - RIGHT - 1:
            self.text(x + 10, self.y(ns) - 3, NAMES[name], cls=f"{name}-dot")
            self.text(x + 10, self.y(ns) + 13, stopped, cls="minor")
            return None
        return self.y(ns), name

    def labels(self, ends):
        """Names at the right, moved apart where lines end close to each other."""
        ends = sorted(ends)
        places = [y for y, _ in ends]
        for _ in range(200):
            for i in range(len(places) - 1):
                lack = LABEL_STEP - (places[i + 1] - places[i])
                if lack > 0:
                    places[i] -= lack / 2
                    places[i + 1] += lack / 2
        for place, (_, name) in zip(places, ends):
            self.text(WIDTH - RIGHT + 14, place + 4, NAMES[name], cls=f"{name}-dot")

    def draw(self):
        self.axes()
        self.labels([end for end in map(self.line, LINES) if end])
        light = "".join(f"  .{n} {{ stroke: {c[0]} }} .{n}-dot {{ fill: {c[0]} }}\n"
                        for n, c in LINES.items())
        dark = "".join(f"    .{n} {{ stroke: {c[1]} }} .{n}-dot {{ fill: {c[1]} }}\n"
                       for n, c in LINES.items())
        return (f'<svg xmlns="http:' f'//www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
                f'width="{WIDTH}" height="{HEIGHT}" role="img" '
                'aria-label="Added cost per packet by number of sources">\n'
                f"<style>{STYLE}{light}"
                f"  @media (prefers-color-scheme: dark) {{{STYLE_DARK}{dark}  }}\n</style>\n"
                f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="8"/>\n'
                + "\n".join(self.parts) + "\n</svg>\n")


def write(path, workloads):
    """Writes the plot if there is something to draw a line through."""
    chosen = shown(workloads)
    if len(chosen) < 2:
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(Plot(chosen).draw())
