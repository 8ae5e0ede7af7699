"""Bound a difference of records by the published figures themselves, where no standard error is known.

Before: a benchmark on which sources print several figures of one model. After: the least and greatest difference that
choosing among those figures allows; and which of the strongest models the benchmark lacks.
"""

from collections.abc import Iterable
from datetime import date

import numpy as np

from warehouse.indices import INDEX
from warehouse.panels import Evidence, ScaleData, Source, load_scale
from warehouse.stats.bootstrap import Interval
from warehouse.stats.panel import COHORTS, Panel, StatsError
from warehouse.stats.records import find_record

_RANGES = """
SELECT score.model, min(score.score) AS low, max(score.score) AS high
FROM score
JOIN run ON run.run = score.run
WHERE run.status = 'complete' AND score.evidence = 'published' AND score.benchmark = $benchmark
  AND score.score IS NOT NULL AND score.subtask IS NULL AND score.reporter_relation IS DISTINCT FROM 'competitor'
  AND ($vintage IS NULL OR score.first_known_date <= $vintage)
GROUP BY score.model"""


def bound_points(
    source: Source, data: ScaleData, panel: Panel, day: date, vintage: date | None, margin: float
) -> Interval | None:
    """Return the range of frontier - domestic record as of a day over the choice among each model's figures.

        least  = best frontier of the lowest figures - best domestic of the highest;  greatest: the other way round

    widened by `margin` at both ends. No interval of confidence: what the sources disagree on, and nothing else.
    """
    rows = source.rows(_RANGES, {"benchmark": data.scale["benchmark"], "vintage": vintage})
    known = {row["model"]: (row["low"], row["high"]) for row in rows}
    released = panel.release <= np.datetime64(day)
    ends = np.array([known.get(model, (score, score)) for model, score in zip(panel.models, panel.score, strict=True)])
    best = {cohort: ends[released & getattr(panel, cohort)].max(axis=0, initial=-np.inf) for cohort in COHORTS}
    low = best["frontier"][0] - best["domestic"][1] - margin
    high = best["frontier"][1] - best["domestic"][0] + margin
    return Interval(float(low), float(high), 0.0) if np.isfinite([low, high]).all() else None


def find_unmeasured(
    source: Source, data: ScaleData, cohorts: Iterable[tuple[str, object]], day: date
) -> list[tuple[str, str]]:
    """Return, by cohort, the model that holds its record on the index as of a day and has no figure on the scale."""
    if not source.rows("SELECT scale_id FROM scale WHERE scale_id = ?", [INDEX.scale_id]):
        return []
    index = load_scale(source, INDEX.scale_id, Evidence())
    measured = {model["model"] for model in data.models}
    found = []
    for text, cohort in cohorts:
        panel, _ = index.make_panel(cohort, cohort)
        record = _find_record(panel, day)
        if record is not None and record not in measured:
            found.append((text, record))
    return found


def _find_record(panel: Panel, day: date) -> str | None:
    try:
        record = find_record(panel, "domestic", day)
    except StatsError:
        return None
    return record and record.model
