"""Count the published figures whose day of becoming public is not known, so that a vintage can say what it lacks.

Before: a snapshot and a scale. After: a sentence for the answer; many figures carry only the date of a data set, and a
vintage takes none of those in.
"""

from dataclasses import dataclass
from datetime import date

from warehouse.panels import Source
from warehouse.phrases import Phrase

_RESTS_ON = """
SELECT
    scale.evidence, index_fit.source, index_fit.origins,
    coalesce(index_fit.benchmarks, [scale.benchmark]) AS benchmarks, scale.section
FROM scale LEFT JOIN index_fit ON index_fit.scale_id = scale.scale_id
WHERE scale.scale_id = ?"""
_COUNT = """
SELECT count(*) AS n_figures, count(*) FILTER (score.first_known_date IS NULL) AS n_undated
FROM whole_score AS score
JOIN run ON run.run = score.run
JOIN model ON model.model = score.model
WHERE score.evidence = 'published' AND run.status = 'complete' AND score.score IS NOT NULL
  AND score.section IS NOT DISTINCT FROM $section
  AND score.reporter_relation IS DISTINCT FROM 'competitor' AND model.bloc <> 'baseline'
  AND (model.release_date IS NULL OR model.release_date <= $vintage)
  AND list_contains($benchmarks, score.benchmark)
  AND ($source IS NULL OR run.source = $source)
  AND ($origins IS NULL OR list_contains($origins, score.origin))"""
MAX_SHARE = 0.5
"""Above this share of figures of unknown day a vintage would show what happened to be dated, not what was public."""


@dataclass(frozen=True)
class Undated:
    """How many published figures of a scale, on models released by the vintage, have no known day; of how many."""

    vintage: date
    n_undated: int
    n_figures: int

    @property
    def is_most(self) -> bool:
        """Return whether so many are left out that the rest says little of what was public then."""
        return self.n_undated > MAX_SHARE * self.n_figures

    @property
    def message(self) -> Phrase:
        """Return the sentence that goes with the answer."""
        return Phrase(
            "{n_undated} of the {n_figures} figures on models released by {day} are left out: the day on which they "
            "became public is not known",
            n_undated=self.n_undated,
            n_figures=self.n_figures,
            day=self.vintage,
        )


def count_undated(source: Source, scale_id: str, vintage: date | None) -> Undated | None:
    """Return what a vintage leaves out of a scale for want of a known day; None where it leaves nothing out.

    Figures of models released after the vintage do not count: they are out in any case. Our own scores all have a day.
    """
    if vintage is None:
        return None
    rests_on = source.rows(_RESTS_ON, [scale_id])
    if not rests_on or rests_on[0].pop("evidence") == "measured":
        return None
    counted = source.rows(_COUNT, {**rests_on[0], "vintage": vintage})[0]
    return Undated(vintage, **counted) if counted["n_undated"] else None
