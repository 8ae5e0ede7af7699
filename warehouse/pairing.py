"""Pair two models item by item where both answered the same items under one protocol.

Before: two scores and the samples of their runs, our own or imported. After: the difference on the shared items with
its clustered standard error, which is smaller than that of two separate means: both models find the same items hard.
"""

import numpy as np

from warehouse.panels import ScaleData, Source
from warehouse.stats.paired import PointsGap, estimate_paired_gap

_SHARED = """
WITH item AS (
    SELECT
        score.score_id, score.protocol_id, sample.task, sample.subtask, sample.doc_id,
        -- A log without hashes tells its items apart by their text.
        coalesce(sample.doc_hash, sample.prompt) AS content,
        any_value(sample.cluster) AS cluster, avg(sample.mark) AS mark
    FROM sample
    JOIN whole_score AS score
      ON score.run = sample.run
     AND score.task = sample.task
     AND (score.subjects IS NULL OR list_contains(score.subjects, sample.subtask))
    WHERE score.score_id IN ($frontier, $domestic)
      -- Of a log with several scores of a task, the marks are those of one: nobody knows of which.
      AND NOT EXISTS (
          FROM whole_score AS other
          WHERE other.run = score.run AND other.task = score.task AND other.section IS NOT DISTINCT FROM score.section
            AND other.score_id <> score.score_id
      )
    GROUP BY ALL
    HAVING count(sample.mark) > 0
)
SELECT
    frontier.mark AS frontier,
    domestic.mark AS domestic,
    coalesce(frontier.cluster, concat_ws(':', frontier.task, frontier.subtask, frontier.doc_id)) AS cluster
FROM item AS frontier
JOIN item AS domestic
  ON domestic.protocol_id = frontier.protocol_id
 AND domestic.task = frontier.task
 AND domestic.subtask IS NOT DISTINCT FROM frontier.subtask
 AND domestic.doc_id = frontier.doc_id
 AND domestic.content IS NOT DISTINCT FROM frontier.content
WHERE frontier.score_id = $frontier AND domestic.score_id = $domestic
ORDER BY ALL
"""


def measure_paired_gap(source: Source, data: ScaleData, frontier: str, domestic: str) -> PointsGap | None:
    """Return frontier minus domestic model on the items both answered, or None where their scores share none.

    An item stands where it has a mark in both; repeats are averaged.
    """
    ids = {model["model"]: model.get("score_id") for model in data.models}
    return pair_scores(source, ids[frontier], ids[domestic])


def pair_scores(source: Source, frontier: str | None, domestic: str | None) -> PointsGap | None:
    """Return the first score minus the second, by their ids, on the items of both under one protocol.

    None where they share no item; where a score is of no single run, such as an index's, it has no id and no item.
    """
    if frontier is None or domestic is None:
        return None
    rows = source.query(_SHARED, {"frontier": frontier, "domestic": domestic})
    if not rows.num_rows:
        return None
    marks = (rows[name].to_numpy() for name in ("frontier", "domestic"))
    return estimate_paired_gap(*marks, clusters=np.array(rows["cluster"].to_pylist()))
