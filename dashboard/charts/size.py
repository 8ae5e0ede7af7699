"""`size`: the best score for at most so many parameters, by bloc and year, on a logarithmic axis.

Before: models and record curves of `dashboard.frames_efficiency`. After: one figure.
"""

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption
from dashboard.charts.cost import CostAxis, plot_cost
from dashboard.charts.records import Axis
from dashboard.i18n import t
from dashboard.theme import LIGHT, Surface


def plot_size(
    models: pd.DataFrame, curves: pd.DataFrame, axis: Axis, caption: Caption, *, is_active: bool = False,
    surface: Surface = LIGHT, width: int = 1360, height: int = 560,
) -> go.Figure:  # fmt: skip
    """Return the figure of scores against billions of parameters, in all or (`is_active`) those used for each token."""
    title = t("billion active parameters, log scale") if is_active else t("billion parameters, log scale")
    cost = CostAxis(title, lambda params: t("{n:g}B", n=params))
    return plot_cost(models, curves, cost, axis, caption, surface=surface, width=width, height=height)
