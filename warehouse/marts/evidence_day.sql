-- One row: the day of the newest evidence, which every figure speaks for unless another day is asked for.
--
-- Not the day of the build: nobody looked at models released since the evidence ended, and the same evidence is to give
-- the same figures. Our own baselines say nothing of the field and do not count; nor does a date still to come.
CREATE TABLE evidence_day AS
WITH dated AS (
    SELECT greatest(score.published_date, score.measured_at::DATE, model.release_date) AS known_date
    FROM score
    JOIN model ON model.model = score.model
    WHERE model.bloc <> 'baseline' AND score.score IS NOT NULL
)
SELECT coalesce(max(known_date), getvariable('today')) AS as_of
FROM dated
WHERE known_date <= getvariable('today');
