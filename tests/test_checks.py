"""The checks before publishing: each one is seen failing on a warehouse broken for it."""

import shutil

import pytest
from warehouse_kit import build, edit, land, land_field, make_registry, measured

from collectors.errors import WarehouseError
from warehouse.checks import CHECKS, run_checks

BREAK = {
    "every score belongs to a run": "UPDATE score SET run = 'none'",
    "every score belongs to a registered model": "DELETE FROM model WHERE model = 'cathay/one'",
    "every score belongs to a registered benchmark": "DELETE FROM benchmark WHERE benchmark = 'quiz'",
    "every score belongs to a protocol": "DELETE FROM protocol",
    "every sample and call belongs to a run": """
        INSERT INTO sample (run, task, doc_id, repeat, outcome) VALUES ('none', 'sums-en', 1, 0, 'ok')""",
    "every model has a developer": "DELETE FROM developer WHERE developer = 'cathay'",
    "measured scores come from measured runs only": "UPDATE run SET kind = 'measured'",
    "an incomplete run stands for nothing": "UPDATE run SET status = 'incomplete'",
    "no figure that a competitor reported stands for a model": """
        UPDATE representative SET reporter_relation = 'competitor'""",
    "no scale mixes measured and published": "UPDATE representative SET scale_id = 'one'",
    "no scale mixes units": "UPDATE point SET unit = 'elo' WHERE model = 'cathay/one'",
    "a section's scale holds scores on the same subjects only": "UPDATE representative SET subjects = [variant]",
    "every point is on a scale": "DELETE FROM scale",
    "a model has one point on a scale": "INSERT INTO point FROM point",
    "points are finite": "UPDATE point SET score = 'nan'",
    "no standard error is zero": "UPDATE point SET stderr = 0",
    "a benchmark or domain has at most one default scale": """
        UPDATE scale SET is_default = true, benchmark = 'quiz', domain = 'knowledge'""",
    "records rise": "UPDATE record SET score = 0.5",
    "a bloc has one record a day": "UPDATE record SET release_date = DATE '2025-01-01'",
    "no baseline holds a record": "UPDATE record SET bloc = 'baseline'",
    "the standing lag has the leader's sign": "UPDATE lag SET standing_lag_days = -standing_lag_days",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checks")
    land_field(folder / "home")
    land(folder / "home", "ours", [measured("cathay/one", 0.5)], kind="measured")
    return build(folder / "home", make_registry(folder / "registry")).path


def test_every_check_is_broken_here():
    assert set(BREAK) == set(CHECKS)


def test_a_sound_warehouse_passes(built, tmp_path):
    with edit(shutil.copyfile(built, tmp_path / "sound.duckdb")) as connection:
        run_checks(connection)


@pytest.mark.parametrize("name", BREAK)
def test_a_check_names_what_breaks_it(built, tmp_path, name):
    path = shutil.copyfile(built, tmp_path / "broken.duckdb")
    with edit(path, BREAK[name]) as connection, pytest.raises(WarehouseError) as caught:
        run_checks(connection)
    assert f"check {name!r}: broken by" in str(caught.value)
    assert str(caught.value).endswith("not published, the former snapshot stays current.")
