-- One row per scale and model: the score that stands for the model there, with its 90% interval.
--
-- Of a model's variants the highest effort tier stands (table effort_tier), not the highest score. On an index only
-- variants count that rest on at least half as many benchmarks as the model's best-covered one (warehouse/indices.py).
CREATE OR REPLACE MACRO select_benchmark_point(origins_, known_by_) AS TABLE
SELECT
    figure.* EXCLUDE (bloc, release_date, run),
    figure.score - 1.6448536269514722 * figure.stderr AS ci90_low,
    figure.score + 1.6448536269514722 * figure.stderr AS ci90_high,
    1 AS n_benchmarks
FROM select_representative(origins_, known_by_, NULL::VARCHAR) AS figure
JOIN effort_tier ON effort_tier.tier = figure.tier
QUALIFY row_number() OVER (PARTITION BY figure.scale_id, figure.model ORDER BY effort_tier.rank) = 1;

CREATE TABLE point AS
WITH standing AS (
    SELECT * FROM select_benchmark_point(NULL::VARCHAR[], NULL::DATE)
    UNION ALL BY NAME
    SELECT * EXCLUDE (draws, is_standing), 'index' AS unit FROM index_figure WHERE is_standing
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
