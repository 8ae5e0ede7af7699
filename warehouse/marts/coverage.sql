-- One row per domain, bloc and quarter of release: how many models came out, how many have a figure, how many figures.
CREATE TABLE coverage AS
WITH released AS (
    SELECT bloc, date_trunc('quarter', release_date)::DATE AS quarter, count(*) AS n_released
    FROM model
    WHERE release_date IS NOT NULL AND bloc <> 'baseline'
    GROUP BY ALL
),
scored AS (
    SELECT
        benchmark.domain,
        model.bloc,
        date_trunc('quarter', model.release_date)::DATE AS quarter,
        count(DISTINCT score.model) AS n_models,
        count(DISTINCT score.benchmark) AS n_benchmarks,
        count(*) AS n_scores,
        count(*) FILTER (score.origin = 'vendor') AS n_vendor_scores
    FROM score
    JOIN model ON model.model = score.model
    JOIN benchmark ON benchmark.benchmark = score.benchmark
    WHERE score.score IS NOT NULL AND score.subtask IS NULL
    GROUP BY ALL
)
SELECT
    domain.domain,
    released.bloc,
    released.quarter,
    released.n_released,
    coalesce(scored.n_models, 0) AS n_models,
    coalesce(scored.n_benchmarks, 0) AS n_benchmarks,
    coalesce(scored.n_scores, 0) AS n_scores,
    coalesce(scored.n_vendor_scores, 0) AS n_vendor_scores
FROM released
CROSS JOIN domain
LEFT JOIN scored
    ON scored.domain = domain.domain AND scored.bloc = released.bloc AND scored.quarter = released.quarter
ORDER BY domain.domain, released.bloc, released.quarter;
