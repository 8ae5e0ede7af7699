-- One row per landed run, model in one setting, exam and ISIC section: the score on the items of the section's subjects.
--
-- Every item counts once, as in the exam's own score by lm-eval; the subjects k are strata with n_k items each:
--     score = sum n_k s_k / N,   stderr^2 = sum (n_k / N)^2 stderr_k^2,   N = sum n_k
-- Only where the run has every subject of the section, with its number of items; one unknown standard error leaves the
-- section's unknown. The protocol is that of all its subjects: two scores compare where each subject's protocol does.
CREATE TABLE section_score AS
WITH needed AS (
    SELECT benchmark, section, count(*) AS n_subjects FROM isic_subject GROUP BY ALL
),
summed AS (
    SELECT
        score.run, score.model, score.tier, score.variant, score.benchmark, score.task, isic_subject.section,
        score.evidence, score.origin, score.source, score.source_url, score.reported_by, score.reporter_relation,
        score.setting, score.effort, score.unit, score.published_date, score.first_known_date,
        max(score.measured_at) AS measured_at,
        bool_or(score.is_provisional) AS is_provisional,
        list(score.subtask ORDER BY score.subtask) AS subjects,
        substr(md5(string_agg(score.protocol_id, ',' ORDER BY score.subtask)), 1, 16) AS protocol_id,
        sum(score.n_samples)::BIGINT AS n_samples,
        sum(score.n_samples * score.score) / sum(score.n_samples) AS score,
        CASE WHEN count(score.stderr) = count(*)
            THEN sqrt(sum((score.n_samples * score.stderr) ** 2)) / sum(score.n_samples)
        END AS stderr
    FROM score
    JOIN isic_subject ON isic_subject.benchmark = score.benchmark AND isic_subject.subject = score.subtask
    WHERE score.unit = 'fraction'
    GROUP BY ALL
    HAVING bool_and(score.score IS NOT NULL AND coalesce(score.n_samples, 0) > 0)
)
SELECT
    summed.*,
    substr(md5(concat_ws(
        '|', summed.run, summed.variant, summed.task, summed.section, summed.setting, summed.origin, summed.reported_by,
        summed.protocol_id
    )), 1, 20) AS score_id
FROM summed
JOIN needed ON needed.benchmark = summed.benchmark AND needed.section = summed.section
WHERE len(summed.subjects) = needed.n_subjects AND len(list_distinct(summed.subjects)) = needed.n_subjects
ORDER BY summed.section, summed.benchmark, summed.run, summed.variant, summed.task;

-- One row per score that may stand on a scale: of a whole benchmark (section NULL), or of a section's part of an exam.
CREATE VIEW whole_score AS
SELECT *, NULL::VARCHAR AS section, NULL::VARCHAR[] AS subjects FROM score WHERE subtask IS NULL
UNION ALL BY NAME
FROM section_score;
