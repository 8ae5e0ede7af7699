"""Choose, for each benchmark, the two figures that compare two models like for like.

Before: the landed scores of two models. After: one pair a benchmark: on the same items under one protocol, our own runs
before imported ones, else printed by one reporter, else each model's standing figure; the last are of different
reporters and marked so.
"""

from datetime import date

from warehouse.pairing import pair_scores
from warehouse.panels import Source
from warehouse.stats.paired import PointsGap

_ELIGIBLE = """
    SELECT
        score.*, protocol.board, protocol.n_shot, effort_tier.rank AS tier_rank,
        CASE
            WHEN score.evidence = 'measured' THEN score.protocol_id
            ELSE concat_ws('|', score.source, score.reported_by, protocol.board)
        END AS bracket,
        (score.run, score.task) IN (SELECT run, task FROM sample WHERE mark IS NOT NULL) AS has_items
    FROM score
    JOIN run ON run.run = score.run
    JOIN protocol ON protocol.protocol_id = score.protocol_id
    JOIN effort_tier ON effort_tier.tier = score.tier
    WHERE run.status = 'complete' AND score.score IS NOT NULL AND score.subtask IS NULL
      AND ($known_by IS NULL OR coalesce(score.measured_at::DATE, score.first_known_date) <= $known_by)
      AND ($origins IS NULL OR list_contains($origins, score.origin))"""
_PAIRS = f"""
WITH eligible AS ({_ELIGIBLE}),
pair AS (
    SELECT
        a.benchmark, a.unit, a.evidence, a.source, a.source_url, a.reported_by, a.board,
        a.score AS a, b.score AS b, a.stderr AS stderr_a, b.stderr AS stderr_b,
        a.score_id AS score_id_a, b.score_id AS score_id_b,
        a.origin AS origin_a, b.origin AS origin_b,
        a.reporter_relation AS relation_a, b.reporter_relation AS relation_b,
        a.setting AS setting_a, b.setting AS setting_b,
        a.is_provisional OR b.is_provisional AS is_provisional,
        a.has_items AND b.has_items AND a.protocol_id = b.protocol_id AS on_items,
        a.bracket = b.bracket AS is_of_one,
        row_number() OVER (
            PARTITION BY a.benchmark, on_items
            ORDER BY
                a.evidence = 'measured' DESC,
                is_of_one DESC,
                CASE WHEN a.unit = 'elo' THEN a.published_date END DESC NULLS LAST,
                coalesce(a.board LIKE '%no-style%', false),
                CASE a.origin WHEN 'independent' THEN 0 WHEN 'leaderboard' THEN 1 ELSE 2 END
                    + CASE b.origin WHEN 'independent' THEN 0 WHEN 'leaderboard' THEN 1 ELSE 2 END,
                'own' IN (coalesce(a.reporter_relation, ''), coalesce(b.reporter_relation, '')),
                a.n_shot IS NOT DISTINCT FROM b.n_shot DESC,
                a.tier_rank + b.tier_rank,
                greatest(a.published_date, b.published_date) DESC NULLS LAST,
                a.score, b.score, a.score_id, b.score_id
        ) AS place
    FROM eligible AS a
    JOIN eligible AS b ON b.benchmark = a.benchmark AND b.unit = a.unit
     AND (b.bracket = a.bracket OR (a.has_items AND b.has_items AND a.protocol_id = b.protocol_id))
    WHERE a.model = $a AND b.model = $b AND (a.unit = 'fraction' OR a.board IS NOT NULL OR a.evidence = 'measured')
)
SELECT pair.* EXCLUDE (place), benchmark.domain
FROM pair JOIN benchmark USING (benchmark)
WHERE place = 1 ORDER BY benchmark.domain, pair.benchmark, pair.evidence = 'measured' DESC, pair.on_items DESC"""
_STANDING = """
SELECT
    a.scale_id AS benchmark, a.score AS a, b.score AS b, a.stderr AS stderr_a, b.stderr AS stderr_b,
    a.score_id AS score_id_a, b.score_id AS score_id_b, a.origin AS origin_a, b.origin AS origin_b,
    a.reporter_relation AS relation_a, b.reporter_relation AS relation_b,
    a.source AS source_a, b.source AS source_b, a.source_url, a.setting AS setting_a, b.setting AS setting_b,
    a.is_provisional OR b.is_provisional AS is_provisional, benchmark.domain
FROM {points} AS a
JOIN {points} AS b ON b.scale_id = a.scale_id
JOIN benchmark ON benchmark.benchmark = a.scale_id
WHERE a.model = $a AND b.model = $b AND a.unit = 'fraction'
ORDER BY benchmark.domain, a.scale_id"""


def read_pairs(
    source: Source, model_a: str, model_b: str, known_by: date | None, origins: tuple[str, ...] = ()
) -> list[dict]:
    """Return a pair of figures for each benchmark both have one on, by domain and benchmark.

    `paired` is their difference on the items of both, None where they share none. Of several like-for-like pairs: our
    own; on the same items; of ratings the newest board, with style control; independent before
    leaderboard before developers; a third party's table before one of the two developers'; the same number of shots;
    the highest effort tiers; the newest.
    """
    params = {"a": model_a, "b": model_b, "known_by": known_by, "origins": list(origins) or None}
    is_narrowed = bool(known_by or origins)
    points = "select_benchmark_point($origins, $known_by)" if is_narrowed else "point"
    named = params if is_narrowed else {"a": model_a, "b": model_b}
    standing = {row["benchmark"]: row for row in source.rows(_STANDING.format(points=points), named)}
    found = [(row, _pair_items(source, row)) for row in source.rows(_PAIRS, params)]
    alike = {row["benchmark"]: (row, gap) for row, gap in reversed(found) if gap or row["is_of_one"]}
    pairs = [_shape_pair(row, gap, standing.pop(name, None)) for name, (row, gap) in alike.items()]
    pairs += [_shape_standing(row) for row in standing.values()]
    return sorted(pairs, key=lambda pair: (pair["domain"], pair["benchmark"]))


def _pair_items(source: Source, row: dict) -> PointsGap | None:
    return pair_scores(source, row["score_id_a"], row["score_id_b"]) if row["on_items"] else None


def _shape_pair(row: dict, gap: PointsGap | None, standing: dict | None) -> dict:
    kept = standing and {"a": standing["a"], "b": standing["b"], "difference": standing["a"] - standing["b"]}
    figures = _describe(row, row["source"], row["reported_by"])
    return {**row, "basis": "items" if gap else "source", "paired": gap, "standing": kept, "figures": figures}


def _shape_standing(row: dict) -> dict:
    sources = row["source_a"] if row["source_a"] == row["source_b"] else f"{row['source_a']} / {row['source_b']}"
    kept = {"unit": "fraction", "basis": "standing", "paired": None, "standing": None}
    return {**row, **kept, "figures": _describe(row, sources, None)}


def _describe(row: dict, source: str, reported_by: str | None) -> dict:
    return {
        "origin": _join(_name_origin(row, "a"), _name_origin(row, "b")),
        "source": source,
        "source_url": row["source_url"],
        "reported_by": reported_by,
        "setting": _join(row["setting_a"] or "", row["setting_b"] or "") or None,
        "is_provisional": row["is_provisional"],
    }


def _name_origin(row: dict, side: str) -> str:
    """Return the origin of a figure, for a developer's with whose model it is: `vendor (competitor)`."""
    relation = row[f"relation_{side}"]
    return f"{row[f'origin_{side}']} ({relation})" if relation else row[f"origin_{side}"]


def _join(a: str, b: str) -> str:
    return a if a == b else f"{a} / {b}"
