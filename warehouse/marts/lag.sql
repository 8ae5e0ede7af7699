-- One row per row of gap: the record lag and the standing lag by the point rule, in days, negative where domestic leads.
--
-- The trailing bloc's record is held against the leading bloc's records: the first that reached its score. Equal
-- records count as neither leading: the lag is then between their two dates, signed by who came first.
CREATE TABLE lag AS
WITH side AS (
    SELECT
        *,
        CASE
            WHEN frontier_score > domestic_score THEN 'frontier'
            WHEN domestic_score > frontier_score THEN 'domestic'
            WHEN frontier_date < domestic_date THEN 'frontier'
            WHEN domestic_date < frontier_date THEN 'domestic'
            ELSE 'level'
        END AS leads
    FROM gap
),
matched AS (
    SELECT
        side.*,
        CASE WHEN leads = 'domestic' THEN frontier_score ELSE domestic_score END AS trailing_score,
        CASE WHEN leads = 'domestic' THEN frontier_date ELSE domestic_date END AS trailing_date,
        CASE WHEN leads = 'domestic' THEN -1 ELSE 1 END AS sign
    FROM side
),
reached AS (
    SELECT
        matched.scale_id,
        arg_min(record.release_date, record.release_date) AS reached_date,
        arg_min(record.model, record.release_date) AS reached_by_model
    FROM matched
    JOIN record
      ON record.scale_id = matched.scale_id
     AND record.bloc = CASE WHEN matched.leads = 'domestic' THEN 'domestic' ELSE 'frontier' END
     AND record.score >= matched.trailing_score
    GROUP BY matched.scale_id
)
SELECT
    matched.scale_id,
    matched.as_of,
    matched.leads,
    'point' AS match_rule,
    matched.sign * (matched.trailing_date - reached.reached_date) AS record_lag_days,
    matched.sign * (matched.as_of - reached.reached_date) AS standing_lag_days,
    reached.reached_date,
    reached.reached_by_model
FROM matched
JOIN reached ON reached.scale_id = matched.scale_id
ORDER BY matched.scale_id;
