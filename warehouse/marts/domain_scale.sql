-- One row per domain that anything measures: the scale that stands for it.
--
-- The domain's index where it could be fitted and holds at least a third as many models as the domain's fullest
-- benchmark; else that benchmark, which for human preference and video generation is the newest full board of ratings.
CREATE TABLE domain_scale AS
WITH candidate AS (
    SELECT *, 3 * n_models >= max(n_models) OVER (PARTITION BY domain) AS is_full
    FROM scale
    WHERE is_default AND evidence = 'published' AND domain IS NOT NULL
)
SELECT domain, scale_id, unit, n_benchmarks, n_models
FROM candidate
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY kind = 'domain' AND is_full DESC, n_models DESC, scale_id) = 1
ORDER BY domain;
