-- One row per scale, bloc and day on which the bloc's running best by release date rose: its records.
CREATE TABLE record AS
WITH day_best AS (
    SELECT *
    FROM point
    WHERE bloc <> 'baseline' AND release_date IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY scale_id, bloc, release_date ORDER BY score DESC, model) = 1
),
running AS (
    SELECT
        *,
        max(score) OVER (
            PARTITION BY scale_id, bloc ORDER BY release_date
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS former_score
    FROM day_best
)
SELECT
    scale_id,
    bloc,
    release_date,
    row_number() OVER (PARTITION BY scale_id, bloc ORDER BY release_date) AS step,
    lead(release_date) OVER (PARTITION BY scale_id, bloc ORDER BY release_date) AS beaten_date,
    model, variant, name_en, name_zh,
    score, stderr, ci90_low, ci90_high, unit,
    origin, reporter_relation, source, source_url, setting, score_id
FROM running
WHERE former_score IS NULL OR score > former_score
ORDER BY scale_id, bloc, release_date;
