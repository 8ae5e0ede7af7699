-- One row per ISIC section: which registered subtasks, tasks and benchmarks measure it, and how many models have a score.
--
-- A section without any is listed with zeros: nothing measures it. An exam is a proxy for the work of a section.
-- `suites` are those that ask for what measures the section, the one with the most of it first.
CREATE TABLE isic_coverage AS
WITH instrument AS (
    SELECT subtask.isic AS section, 'subtask' AS kind, task, subtask, task.benchmark, is_weak
    FROM subtask JOIN task USING (task)
    UNION ALL
    SELECT isic, 'task', task, NULL, benchmark, false FROM task
    UNION ALL
    SELECT isic, 'benchmark', NULL, NULL, benchmark, false FROM benchmark
),
counted AS (
    SELECT
        section,
        count(*) FILTER (kind = 'subtask') AS n_subtasks,
        count(*) FILTER (kind = 'task') AS n_tasks,
        count(*) FILTER (kind = 'benchmark') AS n_benchmarks,
        bool_and(is_weak) AS is_weak,
        list_sort(list(DISTINCT CASE WHEN kind = 'benchmark' THEN benchmark ELSE concat_ws(':', task, subtask) END)) AS instruments
    FROM instrument
    WHERE section IS NOT NULL
    GROUP BY section
),
scored AS (
    SELECT instrument.section, count(DISTINCT score.model) AS n_models, count(DISTINCT score.score_id) AS n_scores
    FROM instrument
    JOIN score
      ON score.benchmark = instrument.benchmark
     AND score.subtask IS NOT DISTINCT FROM instrument.subtask
     AND (instrument.kind <> 'task' OR score.task = instrument.task)
    JOIN model ON model.model = score.model AND model.bloc <> 'baseline'
    WHERE instrument.section IS NOT NULL AND score.score IS NOT NULL
    GROUP BY instrument.section
),
asked AS (
    SELECT section, list(suite ORDER BY n_asked DESC, suite) AS suites
    FROM (
        SELECT instrument.section, suite.suite, count(*) AS n_asked
        FROM instrument
        JOIN suite ON list_contains(suite.tasks, instrument.task) AND suite.retired_on IS NULL
        WHERE instrument.section IS NOT NULL
        GROUP BY ALL
    )
    GROUP BY section
)
SELECT
    isic.section, isic.name_en, isic.name_zh, isic.short_en, isic.short_zh,
    coalesce(counted.n_subtasks, 0) AS n_subtasks,
    coalesce(counted.n_tasks, 0) AS n_tasks,
    coalesce(counted.n_benchmarks, 0) AS n_benchmarks,
    counted.is_weak,
    coalesce(counted.instruments, []) AS instruments,
    coalesce(asked.suites, []) AS suites,
    coalesce(scored.n_models, 0) AS n_models,
    coalesce(scored.n_scores, 0) AS n_scores
FROM isic
LEFT JOIN counted ON counted.section = isic.section
LEFT JOIN scored ON scored.section = isic.section
LEFT JOIN asked ON asked.section = isic.section
ORDER BY isic.section;
