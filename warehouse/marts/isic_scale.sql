-- One row per ISIC section and scale that measures it, in order of preference: the first stands for the section.
--
-- A scale is an exam's subjects of the section, or a benchmark that the registry maps to the section as a whole. Exams
-- are never mixed: their items, languages and numbers of options differ. The first is one on subjects that the work
-- rests on and with at least a third as many models as the section's fullest scale; of those the one with the most
-- models, then a published one, then the one with the most items.
CREATE TABLE isic_scale AS
WITH exam AS (
    SELECT
        benchmark,
        section,
        bool_and(is_weak) AS is_weak,
        list(name_en ORDER BY subject) AS subjects_en,
        list(coalesce(name_zh, name_en) ORDER BY subject) AS subjects_zh
    FROM isic_subject
    GROUP BY ALL
),
candidate AS (
    SELECT scale.*, exam.is_weak, exam.subjects_en, exam.subjects_zh
    FROM scale
    JOIN exam ON exam.benchmark = scale.benchmark AND exam.section = scale.section
    UNION ALL BY NAME
    SELECT scale.* REPLACE (benchmark.isic AS section), false AS is_weak
    FROM scale
    JOIN benchmark ON benchmark.benchmark = scale.benchmark
    WHERE scale.kind = 'benchmark' AND benchmark.isic IS NOT NULL AND (scale.is_default OR scale.evidence = 'measured')
),
sized AS (
    SELECT
        *,
        (SELECT max(n_samples) FROM point WHERE point.scale_id = candidate.scale_id) AS n_items,
        3 * n_models >= max(n_models) OVER (PARTITION BY section) AS is_full
    FROM candidate
    WHERE n_models > 0
)
SELECT
    section,
    row_number() OVER (
        PARTITION BY section
        ORDER BY NOT is_weak AND is_full DESC, n_models DESC, evidence = 'published' DESC, n_items DESC NULLS LAST, scale_id
    ) AS preference,
    scale_id, kind, evidence, benchmark,
    coalesce(subjects, []) AS subjects,
    coalesce(subjects_en, []) AS subjects_en,
    coalesce(subjects_zh, []) AS subjects_zh,
    is_weak, n_items, n_models
FROM sized
ORDER BY section, preference;
