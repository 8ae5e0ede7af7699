-- One row per scale: something that scores can be compared on, and what is known of it.
--
-- The default scale of a benchmark is its published one where figures were published, for ratings the newest board that
-- is not thin (at least half as many models as the fullest of that benchmark), with style control where the board has
-- both, and else the measured protocol with the most models. A scale that only baselines are on is nobody's default.
-- The same holds for an ISIC section's part of an exam, which is a scale of kind `section` beside the exam's own.
CREATE TABLE scale AS
WITH benchmark_scale AS (
    SELECT
        scale_id,
        any_value(benchmark) AS benchmark,
        any_value(section) AS section,
        any_value(subjects) AS subjects,
        any_value(evidence) AS evidence,
        any_value(unit) AS unit,
        CASE WHEN any_value(evidence) = 'measured' THEN any_value(protocol_id) END AS protocol_id,
        CASE WHEN any_value(unit) = 'elo' THEN any_value(board) END AS board,
        any_value(evidence) = 'published' AND any_value(unit) = 'fraction' AS is_pooled,
        max(known_date) AS newest_known_date,
        count(DISTINCT model) FILTER (bloc <> 'baseline') AS n_models
    FROM representative
    GROUP BY scale_id
),
sized AS (
    SELECT *, 2 * n_models >= max(n_models) OVER (PARTITION BY benchmark, section, evidence) AS is_full
    FROM benchmark_scale
),
ranked AS (
    SELECT
        sized.* EXCLUDE (is_full),
        row_number() OVER (
            PARTITION BY benchmark, section
            ORDER BY
                evidence = 'published' DESC,
                (board IS NULL OR is_full) DESC,
                coalesce(regexp_matches(lower(board), 'no[- ]style'), false),
                CASE WHEN board IS NULL THEN n_models END DESC,
                newest_known_date DESC,
                n_models DESC,
                scale_id
        ) AS preference
    FROM sized
),
index_scale AS (
    SELECT
        scale_id,
        CASE WHEN domain IS NULL THEN 'index' ELSE 'domain' END AS kind,
        domain,
        'published' AS evidence,
        'index' AS unit,
        true AS is_pooled,
        len(benchmarks) AS n_benchmarks,
        origins,
        is_scaled,
        (SELECT count(*) FROM point WHERE point.scale_id = index_fit.scale_id) AS n_models,
        origins IS NULL AND source IS NULL AS is_default
    FROM index_fit
),
known AS (
    SELECT
        ranked.*,
        CASE WHEN section IS NULL THEN 'benchmark' ELSE 'section' END AS kind,
        CASE WHEN section IS NULL THEN benchmark.domain END AS domain,
        concat(isic.short_en || ' (ISIC ' || section || '): ', benchmark.name_en) AS name_en,
        CASE WHEN section IS NULL THEN benchmark.name_zh
            ELSE concat(coalesce(isic.short_zh, isic.short_en), '（ISIC ', section, '）：', coalesce(benchmark.name_zh, benchmark.name_en))
        END AS name_zh,
        benchmark.chance_floor,
        CASE WHEN ranked.unit = 'fraction' THEN 1.0::DOUBLE END AS ceiling,
        1 AS n_benchmarks,
        preference = 1 AND n_models > 0 AS is_default
    FROM ranked
    JOIN benchmark ON benchmark.benchmark = ranked.benchmark
    LEFT JOIN isic USING (section)
    UNION ALL BY NAME
    SELECT index_scale.*, domain.name_en, domain.name_zh
    FROM index_scale
    LEFT JOIN domain ON domain.domain = index_scale.domain
)
SELECT
    scale_id, kind, evidence, unit, benchmark, domain, protocol_id, board, origins,
    section, subjects,
    name_en, name_zh, chance_floor, ceiling, is_pooled, is_scaled, is_default, preference, n_benchmarks, n_models, newest_known_date
FROM known
ORDER BY kind, scale_id;
