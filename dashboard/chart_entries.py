"""What a chart with an address is made of: what was asked, what it gives, and its place in the catalogue.

Before: nothing. After: the types that every maker of a chart takes and returns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption
from dashboard.questions import Choices
from warehouse import read

Row = dict[str, Any]
QUESTION = ("domestic", "frontier", "evidence", "domain", "scale", "match", "as-of", "known")
"""The choices of a question, by their names in an address."""


@dataclass(frozen=True)
class Asked:
    """A snapshot, the choices as the address has them, and the question they make about a scale."""

    snapshot: read.Snapshot
    choices: Mapping[str, str]
    chosen: Choices
    scale: Row
    question: read.Question


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart that was asked for; `data` has a row a mark, with units in the columns' names.

    `draw(caption, width, height)` gives its figure, in pixels; without a size that of paper.
    """

    draw: Callable[..., go.Figure]
    caption: Caption
    data: pd.DataFrame
    alt: str
    sources: Sequence[str]


@dataclass(frozen=True)
class Entry:
    """A chart's place in the catalogue: the page that shows it, the width on paper, the choices that turn it."""

    slug: str
    page: str
    width: int
    takes: tuple[str, ...]
    make: Callable[[Asked], Chart]


def pick_columns(frame: pd.DataFrame, named: dict[str, str]) -> pd.DataFrame:
    """Return the columns of a frame that exports carry, under the names that say their units."""
    return frame[[name for name in named if name in frame]].rename(columns=named).reset_index(drop=True)
