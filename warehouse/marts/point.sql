-- One row per scale and model: the score that stands for the model there, with its 90% interval.
--
-- Of a model's variants the highest effort tier stands (table effort_tier), not the highest score. On an index only
-- variants count that rest on at least half as many benchmarks as the model's best-covered one, and on four at least
-- (two within a domain): fewer make a wild figure, and a record is a maximum that wild figures win.
CREATE TABLE point AS
WITH benchmark_point AS (
    SELECT
        representative.* EXCLUDE (bloc, release_date, run),
        score - 1.6448536269514722 * stderr AS ci90_low,
        score + 1.6448536269514722 * stderr AS ci90_high,
        1 AS n_benchmarks
    FROM representative
),
index_point AS (
    SELECT index_figure.* EXCLUDE (draws), 'index' AS unit
    FROM index_figure
    JOIN index_fit ON index_fit.scale_id = index_figure.scale_id
    WHERE n_benchmarks >= CASE WHEN index_fit.domain IS NULL THEN 4 ELSE 2 END
    QUALIFY 2 * n_benchmarks >= max(n_benchmarks) OVER (PARTITION BY index_figure.scale_id, model)
),
candidate AS (
    SELECT * FROM benchmark_point
    UNION ALL BY NAME
    SELECT * FROM index_point
),
standing AS (
    SELECT candidate.*
    FROM candidate
    JOIN effort_tier ON effort_tier.tier = candidate.tier
    QUALIFY row_number() OVER (PARTITION BY scale_id, candidate.model ORDER BY effort_tier.rank) = 1
)
SELECT
    standing.scale_id,
    standing.model,
    standing.variant,
    standing.tier,
    model.bloc,
    model.name_en,
    model.name_zh,
    model.release_date,
    standing.score,
    standing.stderr,
    standing.ci90_low,
    standing.ci90_high,
    standing.unit,
    standing.n_benchmarks,
    standing.n_figures,
    standing.n_samples,
    standing.origin,
    standing.reporter_relation,
    standing.source,
    standing.source_url,
    standing.setting,
    standing.known_date,
    standing.is_provisional,
    standing.score_id
FROM standing
JOIN model ON model.model = standing.model
ORDER BY standing.scale_id, model.release_date, standing.model;
