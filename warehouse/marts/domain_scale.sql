-- One row per domain that anything measures: the scale that stands for it.
--
-- The domain's index where it could be fitted (two benchmarks or more); else the benchmark with the most models, which
-- for human preference and video generation is the newest full board of ratings.
CREATE TABLE domain_scale AS
SELECT domain, scale_id, unit, n_benchmarks, n_models
FROM scale
WHERE is_default AND evidence = 'published' AND domain IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY kind = 'domain' DESC, n_models DESC, scale_id) = 1
ORDER BY domain;
