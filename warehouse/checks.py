"""Named checks that a built warehouse must pass before anyone reads it.

Before: a filled DuckDB file. After: nothing, or a WarehouseError that names every check that failed, with a row each.
"""

import duckdb

from collectors.errors import WarehouseError

CHECKS = {
    "every score belongs to a run": "FROM score ANTI JOIN run USING (run)",
    "every score belongs to a registered model": "FROM score ANTI JOIN model USING (model)",
    "every score belongs to a registered benchmark": "FROM score ANTI JOIN benchmark USING (benchmark)",
    "every score belongs to a protocol": "FROM score ANTI JOIN protocol USING (protocol_id)",
    "every sample and call belongs to a run": """
        FROM (SELECT DISTINCT run FROM sample UNION SELECT DISTINCT run FROM call) ANTI JOIN run USING (run)""",
    "every model has a developer": "FROM model ANTI JOIN developer USING (developer)",
    "measured scores come from measured runs only": """
        SELECT score_id FROM score JOIN run USING (run)
        WHERE (score.evidence = 'measured') <> (run.kind = 'measured')""",
    "an incomplete run stands for nothing": """
        SELECT representative.* FROM representative JOIN run ON run.run = representative.run
        WHERE run.status <> 'complete'""",
    "no figure that a competitor reported stands for a model": """
        FROM representative WHERE reporter_relation = 'competitor'""",
    "no scale mixes measured and published": """
        SELECT scale_id FROM representative GROUP BY scale_id HAVING count(DISTINCT evidence) > 1""",
    "no scale mixes units": "SELECT scale_id FROM point GROUP BY scale_id HAVING count(DISTINCT unit) > 1",
    "a section's scale holds scores on the same subjects only": """
        SELECT scale_id FROM representative GROUP BY scale_id
        HAVING count(DISTINCT coalesce(section, '')) > 1 OR count(DISTINCT subjects) > 1""",
    "every point is on a scale": "FROM point ANTI JOIN scale USING (scale_id)",
    "a model has one point on a scale": """
        SELECT scale_id, model FROM point GROUP BY ALL HAVING count(*) > 1""",
    "points are finite": "FROM point WHERE NOT isfinite(score) OR NOT coalesce(isfinite(stderr), true)",
    "no standard error is zero": "FROM point WHERE stderr <= 0",
    "a benchmark or domain has at most one default scale": """
        SELECT kind, benchmark, domain, section FROM scale
        WHERE is_default AND (benchmark IS NOT NULL OR kind = 'domain')
        GROUP BY ALL HAVING count(*) > 1""",
    "records rise": """
        FROM (SELECT *, lag(score) OVER (PARTITION BY scale_id, bloc ORDER BY release_date) AS former FROM record)
        WHERE score <= former""",
    "a bloc has one record a day": """
        SELECT scale_id, bloc, release_date FROM record GROUP BY ALL HAVING count(*) > 1""",
    "no baseline holds a record": "FROM record WHERE bloc = 'baseline'",
    "the standing lag has the leader's sign": """
        FROM lag WHERE standing_lag_days * CASE leads WHEN 'domestic' THEN -1 ELSE 1 END < 0""",
}
"""Each check is a query for the rows that break it."""


def run_checks(connection: duckdb.DuckDBPyConnection, checks: dict[str, str] = CHECKS) -> None:
    """Run every check. Raises WarehouseError naming all that failed, with how many rows and the first of them."""
    failed = []
    for name, sql in checks.items():
        rows = connection.sql(sql).to_arrow_table()
        if rows.num_rows:
            failed.append(f"check {name!r}: broken by {rows.num_rows} rows; got {rows.slice(0, 1).to_pylist()[0]}")
    if failed:
        raise WarehouseError("\n".join([*failed, "warehouse: not published, the former snapshot stays current."]))
