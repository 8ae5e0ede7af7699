-- One row per scale on which both blocs have a record by the as-of day: frontier record minus domestic record.
CREATE TABLE gap AS
WITH standing AS (
    SELECT record.*
    FROM record
    WHERE release_date <= (SELECT as_of FROM evidence_day)
      AND bloc IN ('domestic', 'frontier')
    QUALIFY row_number() OVER (PARTITION BY scale_id, bloc ORDER BY release_date DESC) = 1
)
SELECT
    domestic.scale_id,
    (SELECT as_of FROM evidence_day) AS as_of,
    frontier.score - domestic.score AS gap_points,
    CASE WHEN domestic.stderr IS NOT NULL AND frontier.stderr IS NOT NULL
        THEN sqrt(domestic.stderr ** 2 + frontier.stderr ** 2)
    END AS gap_stderr_unpaired,
    domestic.model AS domestic_model,
    domestic.release_date AS domestic_date,
    domestic.score AS domestic_score,
    frontier.model AS frontier_model,
    frontier.release_date AS frontier_date,
    frontier.score AS frontier_score
FROM standing AS domestic
JOIN standing AS frontier ON frontier.scale_id = domestic.scale_id
WHERE domestic.bloc = 'domestic' AND frontier.bloc = 'frontier'
ORDER BY domestic.scale_id;
