-- One row per scale of one benchmark and variant (model at an effort tier): the score that stands for it.
--
-- The rule, in this order: only complete runs, only whole benchmarks (or the whole of a section's part of an exam, a
-- scale of its own), only what has a score; never a figure that a developer printed for a competitor. Then the best origin there is: measured on the full benchmark, measured on
-- a part of it, independent, leaderboard, the developer's own, a vendor of unclassified relation. Of those the newest;
-- of those the lower median, which is always a figure that somebody published, never a mean of two.
--
-- A scale holds what may be compared: our own scores only within one protocol, ratings only within one board (its
-- setting and date, the last two parts of its name: the same board by two mirrors is one), and published accuracies of
-- one benchmark pooled, harnesses differing. Measured and published never share a scale.
CREATE OR REPLACE MACRO select_representative(origins_, known_by_, source_) AS TABLE
WITH eligible AS (
    SELECT
        score.*,
        model.bloc,
        model.release_date,
        protocol.board,
        coalesce(score.measured_at::DATE, score.published_date) AS known_date,
        -- Text and NULL are NULL by `||`: a whole benchmark has no section before its name.
        coalesce('isic:' || score.section || ':', '') || CASE
            WHEN score.evidence = 'measured' THEN concat(score.benchmark, ':measured:', score.protocol_id)
            WHEN score.unit = 'elo'
                THEN concat(score.benchmark, ':', trim(regexp_replace(
                    lower(regexp_extract(protocol.board, '([^/]+/)?[^/]+$')), '[^a-z0-9]+', '-', 'g'), '-'))
            ELSE score.benchmark
        END AS scale_id,
        CASE
            WHEN score.evidence = 'measured' AND run.sample_limit IS NULL THEN 0
            WHEN score.evidence = 'measured' THEN 1
            WHEN score.origin = 'independent' THEN 2
            WHEN score.origin = 'leaderboard' THEN 3
            WHEN score.reporter_relation = 'own' THEN 4
            ELSE 5
        END AS origin_rank
    FROM whole_score AS score
    JOIN run ON run.run = score.run
    JOIN model ON model.model = score.model
    LEFT JOIN protocol ON protocol.protocol_id = score.protocol_id
    WHERE run.status = 'complete'
      AND score.score IS NOT NULL
      AND score.reporter_relation IS DISTINCT FROM 'competitor'
      AND (score.unit = 'fraction' OR score.evidence = 'measured' OR protocol.board IS NOT NULL)
      AND (origins_ IS NULL OR list_contains(origins_, score.origin))
      AND (source_ IS NULL OR run.source = source_)
      AND (known_by_ IS NULL OR coalesce(score.measured_at::DATE, score.first_known_date) <= known_by_)
),
best_origin AS (
    SELECT * FROM eligible
    QUALIFY origin_rank = min(origin_rank) OVER (PARTITION BY scale_id, variant)
),
newest AS (
    SELECT * FROM best_origin
    QUALIFY known_date IS NOT DISTINCT FROM max(known_date) OVER (PARTITION BY scale_id, variant)
),
-- The same figure by two sources counts once.
once AS (
    SELECT * FROM newest
    QUALIFY row_number() OVER (
        PARTITION BY scale_id, variant, round(score, 4), reported_by, setting, protocol_id ORDER BY source, score_id
    ) = 1
),
ordered AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY scale_id, variant) AS n_figures,
        row_number() OVER (PARTITION BY scale_id, variant ORDER BY score, score_id) AS place
    FROM once
)
SELECT
    scale_id, variant, model, tier, bloc, release_date, benchmark, section, subjects, evidence, protocol_id, board, unit,
    score, stderr, n_samples, origin, reporter_relation, source, source_url, setting, known_date, is_provisional,
    n_figures, score_id, run
FROM ordered
WHERE place = (n_figures + 1) // 2;

CREATE TABLE representative AS
FROM select_representative(NULL::VARCHAR[], NULL::DATE, NULL::VARCHAR)
ORDER BY scale_id, variant;
