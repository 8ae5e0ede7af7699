-- One row per measured run: how its calls ended, how long they took, what it cost, what it scored.
CREATE TABLE run_health AS
WITH calls AS (
    SELECT
        run,
        count(*) AS n_calls,
        count(*) FILTER (outcome = 'ok') AS n_ok,
        count(*) FILTER (outcome IN ('refused', 'truncated')) AS n_unanswered,
        count(*) FILTER (outcome NOT IN ('ok', 'refused', 'truncated')) AS n_failed,
        sum(greatest(attempts - 1, 0)) AS n_retries,
        quantile_cont(latency_s, 0.5) AS latency_p50_s,
        quantile_cont(latency_s, 0.95) AS latency_p95_s,
        sum(input_tokens) AS input_tokens,
        sum(output_tokens) AS output_tokens,
        sum(thinking_tokens) AS thinking_tokens
    FROM call
    GROUP BY run
),
scored AS (
    SELECT run, count(*) AS n_scores, count(*) FILTER (score IS NULL) AS n_withheld
    FROM score
    WHERE subtask IS NULL
    GROUP BY run
)
SELECT
    run.run, run.attempt, run.status, run.endpoint, run.model, run.suite, run.tasks, run.sample_limit, run.is_simulated,
    model.bloc,
    run.scheduled_for, run.started_at, run.finished_at,
    date_diff('second', run.started_at, run.finished_at) AS duration_s,
    run.cost_usd, run.outcomes, run.failures,
    calls.* EXCLUDE (run),
    coalesce(scored.n_scores, 0) AS n_scores,
    coalesce(scored.n_withheld, 0) AS n_withheld
FROM run
LEFT JOIN model ON model.model = run.model
LEFT JOIN calls ON calls.run = run.run
LEFT JOIN scored ON scored.run = run.run
WHERE run.kind = 'measured'
ORDER BY run.finished_at DESC, run.run;
