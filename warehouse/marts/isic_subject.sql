-- One row per exam, ISIC section and subject of the exam that stands for the section.
--
-- The registry maps subjects to sections under a task; the mapping holds for every score of the task's benchmark, by
-- whichever task or harness it was taken. Where an exam has subjects that a section's work rests on, those that only
-- touch it (weak) are left out; where it has none but weak ones, they stand, and are marked.
CREATE TABLE isic_subject AS
WITH mapped AS (
    SELECT
        task.benchmark,
        subtask.isic AS section,
        subtask.subtask AS subject,
        arg_min(subtask.name_en, task.task) AS name_en,
        arg_min(subtask.name_zh, task.task) AS name_zh,
        bool_and(subtask.is_weak) AS is_weak
    FROM subtask
    JOIN task ON task.task = subtask.task
    WHERE subtask.isic IS NOT NULL
    GROUP BY task.benchmark, subtask.isic, subtask.subtask
)
SELECT *
FROM mapped
QUALIFY NOT is_weak OR bool_and(is_weak) OVER (PARTITION BY benchmark, section)
ORDER BY section, benchmark, subject;
