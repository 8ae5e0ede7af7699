-- One row per source, registered or only named by a score: what it brought, how new that is, and how often it should be looked at.
CREATE TABLE source_freshness AS
WITH brought AS (
    SELECT
        score.source,
        count(*) AS n_scores,
        count(DISTINCT score.model) AS n_models,
        count(DISTINCT score.benchmark) AS n_benchmarks,
        min(coalesce(score.measured_at::DATE, score.published_date)) AS oldest_date,
        max(coalesce(score.measured_at::DATE, score.published_date)) AS newest_date,
        max(run.finished_at) AS landed_at
    FROM score
    JOIN run ON run.run = score.run
    GROUP BY ALL
),
-- What was imported since carries the day of its bytes.
imported AS (
    SELECT source, max(finished_at)::DATE AS held_date FROM run WHERE kind = 'published' GROUP BY ALL
)
SELECT
    coalesce(source.source, brought.source) AS source, source.source IS NOT NULL AS is_registered,
    coalesce(source.name_en, brought.source) AS name_en, source.name_zh, source.kind, source.url,
    -- In English as the data package and its users know them.
    source.licence_en AS licence, source.licence_zh, source.licence_url,
    source.attribution_en AS attribution, source.attribution_zh, source.is_shown, source.is_redistributable,
    coalesce(brought.n_scores, 0) AS n_scores,
    coalesce(brought.n_models, 0) AS n_models,
    coalesce(brought.n_benchmarks, 0) AS n_benchmarks,
    brought.oldest_date,
    brought.newest_date,
    brought.landed_at,
    greatest(source.retrieved_on, imported.held_date) AS retrieved_on,
    source.cadence_days,
    -- When it was last checked is no part of a snapshot: read.read_freshness asks the notes of what was fetched.
    source.addresses
FROM source
FULL JOIN brought ON brought.source = source.source
LEFT JOIN imported ON imported.source = source.source
ORDER BY 1;
