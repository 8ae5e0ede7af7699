"""Where names go on a chart: greedily, the most important first, none over another.

Before: points in pixels with a name and a weight. After: for each name that fits, the corner it is written at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.theme import measure_text


@dataclass(frozen=True)
class Label:
    """A name to write beside the point (`x`, `y`) in pixels, y upwards; a greater `weight` is placed earlier."""

    x: float
    y: float
    text: str
    weight: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where a label is written: anchors in Plotly's words, and the shift from its point in pixels."""

    xanchor: str
    yanchor: str
    xshift: float
    yshift: float


PLACES = (
    Place("right", "bottom", -5, 3),
    Place("center", "bottom", 0, 6),
    Place("left", "top", 6, -4),
    Place("center", "top", 0, -7),
    Place("left", "bottom", 6, 3),
    Place("right", "top", -6, -4),
)
"""Left above first: the step that a record ends comes from the left below it, and the next one rises to the right."""

Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge, in pixels."""


def place_labels(
    labels: Sequence[Label], width: float, height: float, size: float, obstacles: Sequence[Box] = ()
) -> dict[int, Place]:
    """Return the place of each label that fits into `width` x `height` pixels, by its index in `labels`.

    A label that would cover another, one of `obstacles`, or leave the plot in all its places is left out.
    """
    taken: list[Box] = list(obstacles)
    chosen: dict[int, Place] = {}
    for index in sorted(range(len(labels)), key=lambda i: -labels[i].weight):
        for place in PLACES:
            box = get_box(labels[index], place, size)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
            if inside and not any(_overlap(box, other) for other in taken):
                chosen[index] = place
                taken.append(box)
                break
    return chosen


def get_box(label: Label, place: Place, size: float) -> Box:
    """Return the room that `label` takes at `place`."""
    wide, high = measure_text(label.text, size), size * 1.25
    left = label.x + place.xshift - {"left": 0.0, "center": wide / 2, "right": wide}[place.xanchor]
    low = label.y + place.yshift - {"bottom": 0.0, "top": high}[place.yanchor]
    return left, low, left + wide, low + high


def get_step_boxes(points: Sequence[tuple[float, float]], end: float) -> list[Box]:
    """Return what a record through `points` (left to right, in pixels) covers up to `end`: marks, treads and risers."""
    boxes = [(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    for (x, y), (next_x, next_y) in pairwise([*points, (end, points[-1][1] if points else 0.0)]):
        boxes.append((x, y - 1, next_x, y + 1))
        boxes.append((next_x - 1, min(y, next_y), next_x + 1, max(y, next_y)))
    return boxes


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
