"""Read our own evidence item by item: where two models' answers differ, what runs got right, how endpoints stand.

Before: the samples, scores and endpoints of a snapshot. After: tables for pages. Items leave here only where they may
be shown; of all others the marks alone do.
"""

import pyarrow as pa

from warehouse.compare_figures import read_pairs
from warehouse.snapshot import Snapshot

SHOWABLE_TASKS = (
    "gsm8k", "humaneval-instruct", "ifeval", "math-500", "mbpp-instruct", "mgsm-zh", "mmlu-pro",
)  # fmt: skip
"""Public tasks whose items' licence lets them be shown, beside those that we generate ourselves.

Whatever is not named is withheld: C-Eval and CMMLU items are non-commercial, and GPQA asks not to be printed.
"""

_DIFFERENCES = """
WITH item AS (
    SELECT
        score.score_id, sample.*,
        coalesce(task.is_generated, false) OR list_contains($showable, sample.task) AS is_shown
    FROM sample
    JOIN score ON score.run = sample.run AND score.task = sample.task AND score.subtask IS NULL
    LEFT JOIN task ON task.task = sample.task
    WHERE score.score_id IN ($a, $b) AND sample.mark IS NOT NULL
)
SELECT
    a.task, a.subtask, a.doc_id, a.repeat, a.is_shown, a.mark AS mark_a, b.mark AS mark_b,
    CASE WHEN a.is_shown THEN a.prompt END AS prompt,
    CASE WHEN a.is_shown THEN a.target END AS target,
    CASE WHEN a.is_shown THEN a.answer END AS answer_a,
    CASE WHEN a.is_shown THEN b.answer END AS answer_b
FROM item AS a
JOIN item AS b
  ON b.task = a.task
 AND b.subtask IS NOT DISTINCT FROM a.subtask
 AND b.doc_id = a.doc_id
 AND b.repeat = a.repeat
 AND b.doc_hash IS NOT DISTINCT FROM a.doc_hash
WHERE a.score_id = $a AND b.score_id = $b
ORDER BY abs(a.mark - b.mark) DESC, a.task, a.subtask, a.doc_id, a.repeat"""


def read_item_pairs(snapshot: Snapshot, model_a: str, model_b: str, benchmark: str) -> pa.Table:
    """Return the items of a benchmark whose marks of both models are here, those that they differ on most first.

    A row an item: `mark_a`, `mark_b` from 0 to 1, and prompt, target and both answers where `is_shown`; else those are
    NULL. Empty where the two have no marks of the same items under one protocol.
    """
    pairs = read_pairs(snapshot, model_a, model_b, None)
    found = [pair for pair in pairs if pair["basis"] == "items" and pair["benchmark"] == benchmark]
    a, b = (found[0][name] if found else "" for name in ("score_id_a", "score_id_b"))
    return snapshot.query(_DIFFERENCES, {"a": a, "b": b, "showable": list(SHOWABLE_TASKS)})


def read_run_marks(snapshot: Snapshot) -> pa.Table:
    """Return, for each of our runs that has samples, how many items were marked and the sum of their marks."""
    return snapshot.query("""
        SELECT run, count(mark) AS n_marked, sum(mark) AS n_correct
        FROM sample GROUP BY run HAVING count(mark) > 0 ORDER BY run""")


def read_measured_scores(snapshot: Snapshot) -> pa.Table:
    """Return every score of our own with its endpoint, task, protocol and time: what drift is read from."""
    return snapshot.query("""
        SELECT
            run.endpoint, run.is_simulated, run.status, score.run, score.task, task.name_en, task.name_zh,
            score.protocol_id, protocol.task_version, score.score, score.stderr, score.n_samples, score.measured_at
        FROM score
        JOIN run USING (run)
        JOIN protocol USING (protocol_id)
        LEFT JOIN task ON task.task = score.task
        WHERE score.evidence = 'measured' AND score.subtask IS NULL AND score.score IS NOT NULL
        ORDER BY run.endpoint, score.task, score.measured_at, score.run""")


def list_tasks(snapshot: Snapshot) -> pa.Table:
    """Return the registered tasks with their benchmark and domain."""
    return snapshot.query("FROM task ORDER BY task")


def list_endpoints(snapshot: Snapshot) -> pa.Table:
    """Return the registered endpoints with their models' names and the schedule (cron, time zone) of their suite."""
    return snapshot.query("""
        SELECT endpoint.*, model.name_en, model.name_zh, model.bloc, suite.cron, suite.timezone
        FROM endpoint
        LEFT JOIN model ON model.model = endpoint.model
        LEFT JOIN suite ON suite.suite = endpoint.suite AND suite.retired_on IS NULL
        ORDER BY endpoint.endpoint""")


def read_costs(snapshot: Snapshot) -> pa.Table:
    """Return each model's size (billions of parameters, in all and active) and first output price (USD per 1M)."""
    return snapshot.query("""
        SELECT
            model.model, params_b, active_params_b,
            (SELECT arg_min(output_per_1m, from_date) FROM model_price
             WHERE model_price.model = model.model AND currency = 'USD') AS output_usd_per_1m
        FROM model WHERE bloc <> 'baseline' ORDER BY model.model""")
