"""`price`: the best score for at most so many dollars a million output tokens, by bloc and year, log axis.

Before: models and record curves of `dashboard.frames_efficiency`. After: one figure.
"""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption
from dashboard.charts.cost import CostAxis, plot_cost
from dashboard.charts.records import Axis
from dashboard.i18n import t
from dashboard.theme import LIGHT, Surface


def plot_price(
    models: pd.DataFrame, curves: pd.DataFrame, axis: Axis, caption: Caption, *, surface: Surface = LIGHT,
    width: int = 1360, height: int = 560,
) -> go.Figure:  # fmt: skip
    """Return the figure of scores against the output price in USD per million tokens, as it was first listed."""
    cost = CostAxis(t("USD per million output tokens as first listed, log scale"), lambda usd: t("${n:g}", n=usd))
    return plot_cost(models, curves, cost, axis, caption, surface=surface, width=width, height=height)
