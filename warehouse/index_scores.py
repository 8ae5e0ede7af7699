"""Read from the warehouse the scores that an index is fitted to.

Before: representative scores in the warehouse, or the landed ones of one source. After: a `Scores` table corrected for
chance, with the domain of each benchmark, cut to the part that shared benchmarks join.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from warehouse.stats.index_data import Resampling, Scores, keep_rows

Query = Callable[..., list[dict]]


@dataclass(frozen=True)
class IndexSpec:
    """Which scores make an index. `merges_settings`: one row a model, its best score; else one a variant."""

    scale_id: str
    origins: tuple[str, ...] | None = None
    source: str | None = None
    known_by: date | None = None
    merges_settings: bool = False
    resampling: Resampling = "residuals"


def read_scores(query: Query, spec: IndexSpec) -> list[dict]:
    """Return variant, benchmark, domain and score in 0-1, corrected for chance: guessing is 0, at or below it too."""
    correct = "greatest(0, (score - coalesce(chance_floor, 0)) / (1 - coalesce(chance_floor, 0)))"
    if spec.merges_settings:
        return query(
            f"""SELECT model AS variant, benchmark, any_value(benchmark.domain) AS domain, max({correct}) AS score
                FROM score JOIN benchmark USING (benchmark)
                JOIN model USING (model) JOIN run USING (run)
                WHERE run.source = $source AND score.unit = 'fraction' AND model.bloc <> 'baseline'
                  AND score IS NOT NULL
                  AND ($known_by IS NULL OR first_known_date <= $known_by)
                GROUP BY ALL ORDER BY ALL""",
            {"source": spec.source, "known_by": spec.known_by},
        )
    return query(
        f"""SELECT variant, benchmark, benchmark.domain, {correct} AS score
            FROM select_representative($origins, $known_by, $source) JOIN benchmark USING (benchmark)
            WHERE evidence = 'published' AND benchmark.unit = 'fraction' AND bloc <> 'baseline' AND section IS NULL
            ORDER BY variant, benchmark""",
        {"origins": list(spec.origins) if spec.origins else None, "known_by": spec.known_by, "source": spec.source},
    )


def shape_scores(rows: Sequence[dict]) -> Scores:
    """Return rows of variant, benchmark and score as the table that the fit takes."""
    variants, benchmarks = (tuple(sorted({row[name] for row in rows})) for name in ("variant", "benchmark"))
    place = {name: i for names in (variants, benchmarks) for i, name in enumerate(names)}
    return Scores(
        model=np.array([place[row["variant"]] for row in rows], dtype=int),
        benchmark=np.array([place[row["benchmark"]] for row in rows], dtype=int),
        score=np.array([row["score"] for row in rows], dtype=float),
        models=variants,
        benchmarks=benchmarks,
    )


def keep_largest_part(scores: Scores) -> Scores:
    """Return the scores of the largest set of models that a chain of shared benchmarks joins: others have no scale."""
    n_models, n_all = len(scores.models), len(scores.models) + len(scores.benchmarks)
    graph = coo_array((np.ones(len(scores.model)), (scores.model, n_models + scores.benchmark)), shape=(n_all, n_all))
    part = connected_components(graph, directed=False)[1][scores.model]
    return keep_rows(scores, part == np.bincount(part).argmax()) if len(part) else scores
