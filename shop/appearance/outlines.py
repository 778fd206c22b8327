"""The geometry of drawn pills: paths and places for text, at the size of a list row or of a plate.

Knows lengths only; what is drawn, and in which words it is described, is `appearance.py`.
The shapes that are not convex (clover, double circle, freeform, gear) have no outline here.
A tablet's face is a convex core widened by a disc, so its rim seen from above-front is the hull of the
core and the core moved down, widened by the same disc: one rule draws every shape.
"""

import math
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """One SVG element: a path `d`, or words `text` centered on (x, y), enlarged `scale` times."""

    css: str
    d: str = ""
    text: str = ""
    x: float = 0
    y: float = 0
    scale: float = 1


@dataclass(frozen=True)
class Picture:
    """A drawing in a view box of `width` × `height`."""

    width: int
    height: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Shape:
    """A face of half-width 1: `core` widened by `round`, with `room` to each side of its middle for words.

    `core` is empty for the ellipse, whose half-height is `round`.
    """

    core: tuple[Point, ...]
    round: float
    room: float
    wide: bool = False

    @property
    def top(self) -> float:
        return self.round - min((y for _, y in self.core), default=0)

    @property
    def bottom(self) -> float:
        return self.round + max((y for _, y in self.core), default=0)

    @property
    def side(self) -> float:
        return self.round + max(x for x, _ in self.core) if self.core else 1

    def span(self, level: float, upright: bool = False) -> Point:
        """Where a line at height `level` enters and leaves the face; upright, where one at that x does."""
        if not self.core:
            along, across = (self.round, 1.0) if upright else (1.0, self.round)
            reach = along * math.sqrt(1 - (level / across) ** 2)
            return -reach, reach
        core = [(y, x) for x, y in self.core] if upright else list(self.core)
        found = []
        for (u, v), (u2, v2) in zip(core, [*core[1:], core[0]], strict=True):
            if abs(level - v) <= self.round:
                reach = math.sqrt(self.round**2 - (level - v) ** 2)
                found += [u - reach, u + reach]
            length = math.hypot(u2 - u, v2 - v)
            for side in (self.round, -self.round) if v != v2 else ():
                out_u, out_v = (v2 - v) / length * side, (u - u2) / length * side
                part = (level - v - out_v) / (v2 - v)
                found += [u + out_u + part * (u2 - u)] if 0 <= part <= 1 else []
        return min(found), max(found)


@dataclass(frozen=True)
class Scale:
    """Lengths of one picture, in its units: half-widths of compact and wide shapes, and depth of the rim."""

    compact: float
    wide: float
    depth: float


ROW = Scale(compact=18.5, wide=26, depth=4)
PLATE = Scale(compact=68.5, wide=88, depth=10)


def _regular(corners: int, reach: float, turn: float = 0) -> tuple[Point, ...]:
    angles = (math.radians(turn - 90 + 360 * k / corners) for k in range(corners))
    return tuple((reach * math.cos(a), reach * math.sin(a)) for a in angles)


def _arc(cx: float, cy: float, radius: float, start: int, end: int) -> tuple[Point, ...]:
    """Points of a circle every 12 degrees, clockwise from the right: so near that it looks round."""
    angles = (math.radians(angle) for angle in range(start, end + 1, 12))
    return tuple((cx + radius * math.cos(a), cy + radius * math.sin(a)) for a in angles)


SHAPES = {
    "round": Shape(((0, 0),), 1, 0.8),
    "oval": Shape((), 0.56, 0.74, wide=True),
    "capsule": Shape(((-0.58, 0), (0.58, 0)), 0.42, 0.78, wide=True),
    "rectangle": Shape(((-0.84, -0.3), (0.84, -0.3), (0.84, 0.3), (-0.84, 0.3)), 0.16, 0.84, wide=True),
    "square": Shape(_regular(4, 0.93, 45), 0.22, 0.74),
    "diamond": Shape(((0, -0.82), (0.9, 0), (0, 0.82), (-0.9, 0)), 0.14, 0.56),
    "triangle": Shape(tuple((x, y + 0.16) for x, y in _regular(3, 0.82)), 0.28, 0.5),
    "pentagon": Shape(_regular(5, 0.84), 0.2, 0.66),
    "hexagon": Shape(_regular(6, 0.84, 30), 0.18, 0.74),
    "heptagon": Shape(_regular(7, 0.85), 0.16, 0.72),
    "octagon": Shape(_regular(8, 0.86, 22.5), 0.16, 0.76),
    "trapezoid": Shape(((-0.5, -0.4), (0.5, -0.4), (0.85, 0.4), (-0.85, 0.4)), 0.15, 0.64, wide=True),
    "semi-circle": Shape(_arc(0, 0.43, 0.86, 180, 360), 0.14, 0.64, wide=True),
    "bullet": Shape(((-0.86, 0.28), (-0.86, -0.28), *_arc(0.58, 0, 0.28, -90, 90)), 0.14, 0.74, wide=True),
    "tear": Shape(((0.9, 0), *_arc(-0.4, 0, 0.46, 90, 270)), 0.1, 0.44, wide=True),
}


def face(shape: Shape, half: float, cx: float, cy: float, drop: float = 0, inset: float = 0) -> str:
    """The path of a face of half-width `half` around (cx, cy), drawn out downwards by `drop`."""
    if not shape.core:
        rx, ry = half - inset, half * shape.round - inset
        left, right = cx - rx, cx + rx
        return (
            f"M{n(left)} {n(cy)}A{n(rx)} {n(ry)} 0 0 1 {n(right)} {n(cy)}v{n(drop)}"
            f"A{n(rx)} {n(ry)} 0 0 1 {n(left)} {n(cy + drop)}z"
        )
    core = [(cx + x * half, cy + y * half) for x, y in shape.core]
    return _widened(_hull([*core, *((x, y + drop) for x, y in core)]), shape.round * half - inset)


def n(length: float) -> str:
    """A length with one decimal, as short as it can be written."""
    return f"{length:.1f}".removesuffix(".0").replace("-0.0", "0")


def _hull(points: list[Point]) -> list[Point]:
    """The convex hull, clockwise as the screen sees it (Andrew's monotone chain)."""
    unique = sorted({(round(x, 3), round(y, 3)) for x, y in points})
    if len(unique) < 3:
        return unique
    chains: list[list[Point]] = []
    for run in (unique, unique[::-1]):
        chain: list[Point] = []
        for p in run:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        chains.append(chain[:-1])
    return chains[0] + chains[1]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _widened(core: list[Point], radius: float) -> str:
    """The outline of a convex core and everything within `radius` of it: straight sides, round corners."""
    if len(core) == 1:
        (x, y), r = core[0], n(radius)
        return f"M{n(x - radius)} {n(y)}a{r} {r} 0 1 1 {n(2 * radius)} 0a{r} {r} 0 1 1 {n(-2 * radius)} 0z"
    path = ""
    for here, there in zip(core, [*core[1:], core[0]], strict=True):
        run, fall = there[0] - here[0], there[1] - here[1]
        length = math.hypot(run, fall)
        out_x, out_y = fall / length * radius, -run / length * radius
        arc = f"A{n(radius)} {n(radius)} 0 0 1 " if path else "M"
        path += f"{arc}{n(here[0] + out_x)} {n(here[1] + out_y)}L{n(there[0] + out_x)} {n(there[1] + out_y)}"
    start = path[1 : path.index("L")]
    return f"{path}A{n(radius)} {n(radius)} 0 0 1 {start}z"
