from datetime import UTC, date, datetime, timedelta

import pytest
from small_registry import AT, ENDPOINT, SUITE, TASK, land_manifest, make_registry

from collectors.cron import find_last_slot, find_next_slot
from collectors.errors import UsageError
from collectors.planning import MAX_ATTEMPTS, choose_tasks, plan_due
from collectors.run_plan import RunPlan
from collectors.task_entries import Schedule

SLOT = datetime(2026, 1, 4, 19, tzinfo=UTC)


def last(cron, now, timezone="UTC"):
    slot = find_last_slot(Schedule(cron=cron, timezone=timezone), now)
    return slot and slot.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "weekday, day",
    [("0", 4), ("7", 4), ("sun", 4), ("1", 5), ("MON", 5), ("2", 6), ("3", 7), ("4", 1), ("5", 2), ("6", 3)],
)
def test_weekdays_count_from_sunday_as_cron_counts(weekday, day):
    assert last(f"0 0 * * {weekday}", AT) == f"2026-01-0{day} 00:00"


@pytest.mark.parametrize(
    "weekday, day",
    [("1-5", 7), ("4-5", 2), ("6-7", 4), ("sat-sun", 4), ("6,0", 4), ("*/2", 6), ("1/2", 7), ("1-5/4", 5)],
)
def test_ranges_lists_and_steps_of_weekdays(weekday, day):
    assert last(f"0 0 * * {weekday}", AT) == f"2026-01-0{day} 00:00"


def test_day_of_month_or_weekday_fires_on_either_as_cron_does():
    assert last("0 0 6 * 5", AT) == "2026-01-06 00:00"
    assert last("0 0 1 * 1", AT) == "2026-01-05 00:00"


@pytest.mark.parametrize(
    "cron, expected",
    [
        ("* * * * *", "2026-01-07 12:00"),
        ("*/7 * * * *", "2026-01-07 12:00"),
        ("0 0 1 1 *", "2026-01-01 00:00"),
        ("0 0 29 2 *", "2024-02-29 00:00"),
        ("0 0 31 2 *", None),
    ],
)
def test_the_last_slot_is_found_however_far_back_it_lies(cron, expected):
    assert last(cron, AT) == expected


def test_a_slot_follows_the_time_zone_and_the_very_moment_counts():
    assert last("0 3 * * 1", SLOT, "Asia/Shanghai") == "2026-01-04 19:00"
    assert last("0 3 * * 1", SLOT - timedelta(seconds=1), "Asia/Shanghai") == "2025-12-28 19:00"
    assert find_next_slot(Schedule(cron="0 3 * * 1", timezone="Asia/Shanghai"), SLOT) == SLOT + timedelta(days=7)


def test_an_hour_that_daylight_saving_repeats_is_one_slot():
    schedule = Schedule(cron="30 1 * * *", timezone="America/New_York")
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert find_last_slot(schedule, first + timedelta(minutes=90)) == first
    assert find_next_slot(schedule, first).astimezone(UTC) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


def test_an_hour_that_daylight_saving_skips_still_has_its_slot():
    schedule = Schedule(cron="30 2 * * *", timezone="America/New_York")
    assert find_last_slot(schedule, datetime(2026, 3, 8, 12, tzinfo=UTC)) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("cron", ["61 * * * *", "0 0 * * 8", "0 0 * * xyz", "0 0 * * 1/0", "0 0 0 * *", "a b c d e"])
def test_a_senseless_expression_is_refused_with_its_text(cron):
    with pytest.raises(UsageError, match="not a cron expression"):
        last(cron, AT)


def plan_one(tmp_path, *, landed=(), unfinished=(), now=AT, environment=(), **rows):
    (due,) = plan_due(make_registry(tmp_path / "registry", **rows), landed, unfinished, now, dict(environment))
    return due


def test_never_collected_is_due_for_the_latest_slot_only(tmp_path):
    due = plan_one(tmp_path, now=AT + timedelta(days=70))
    assert due.is_due and "never collected" in due.reason
    assert due.slot == SLOT + timedelta(days=70)


def test_a_complete_run_for_the_slot_is_not_due_again_until_the_next(tmp_path):
    landed = [land_manifest(tmp_path, "r", scheduled_for=SLOT)]
    due = plan_one(tmp_path, landed=landed)
    assert not due.is_due and due.reason == "complete for the slot of 2026-01-05 03:00 CST"
    assert due.next_slot == SLOT + timedelta(days=7)
    due = plan_one(tmp_path, landed=landed, now=AT + timedelta(days=7))
    assert due.is_due and due.reason.startswith("not collected for the slot")


@pytest.mark.parametrize("other", [{"suite": "daily"}, {"endpoint": "two"}, {"scheduled_for": None}])
def test_a_run_of_another_suite_endpoint_or_by_hand_does_not_fill_the_slot(tmp_path, other):
    assert plan_one(tmp_path, landed=[land_manifest(tmp_path, "r", **{"scheduled_for": SLOT} | other)]).is_due


def test_an_incomplete_run_is_due_to_be_resumed_a_few_times(tmp_path):
    landed = [land_manifest(tmp_path, "r", scheduled_for=SLOT, status="incomplete")]
    due = plan_one(tmp_path, landed=landed)
    assert due.is_due and "run r is to be resumed" in due.reason
    landed = [land_manifest(tmp_path, "r", scheduled_for=SLOT, status="incomplete", attempt=MAX_ATTEMPTS)]
    due = plan_one(tmp_path, landed=landed)
    assert not due.is_due and "--resume r" in due.reason


def test_an_interrupted_run_is_due_to_be_resumed(tmp_path):
    registry = make_registry(tmp_path / "registry")
    plan = RunPlan(
        run="r", endpoint=registry.endpoints["one"], tasks=tuple(registry.tasks.values()), suite="weekly",
        edition="2026-01", scheduled_for=SLOT, started_at=AT,
    )  # fmt: skip
    assert "interrupted" in plan_one(tmp_path, unfinished=[plan]).reason


def test_an_endpoint_without_its_key_is_not_due_and_says_which_variable(tmp_path):
    endpoint = {**ENDPOINT, "api_key_env": "MADE_UP_KEY"}
    due = plan_one(tmp_path, endpoints=[endpoint])
    assert not due.is_due and "$MADE_UP_KEY is not set" in due.reason
    assert not plan_one(tmp_path, endpoints=[endpoint], environment={"MADE_UP_KEY": " "}).is_due
    assert plan_one(tmp_path, endpoints=[endpoint], environment={"MADE_UP_KEY": "x"}).is_due


def test_what_is_retired_is_not_planned(tmp_path):
    yesterday = AT.date() - timedelta(days=1)
    retired = {"retired_on": yesterday}
    assert plan_due(make_registry(tmp_path / "a", endpoints=[{**ENDPOINT, **retired}]), [], [], AT, {}) == []
    assert plan_due(make_registry(tmp_path / "b", suites=[{**SUITE, **retired}]), [], [], AT, {}) == []
    due = plan_one(tmp_path, tasks=[{**TASK, **retired}])
    assert not due.is_due and "in service" in due.reason
    assert plan_one(tmp_path / "c", suites=[{**SUITE, "retired_on": date(2027, 1, 1)}]).is_due


def test_tasks_that_an_endpoint_cannot_answer_are_left_out(tmp_path):
    registry = make_registry(tmp_path, tasks=[TASK, {**TASK, "id": "choices", "output_type": "multiple_choice"}])
    chosen = choose_tasks(registry, ["sums", "choices"], registry.endpoints["one"], AT)
    assert [task.id for task in chosen] == ["sums"]


def test_a_spent_month_stops_a_suite_until_the_next_month(tmp_path):
    suite = {**SUITE, "budget": {"usd_per_month": 2.0}}
    landed = [
        land_manifest(tmp_path, f"r{day}", started_at=AT.replace(day=day), cost_usd=1.0, scheduled_for=None)
        for day in (1, 2)
    ]
    due = plan_one(tmp_path, suites=[suite], landed=landed)
    assert not due.is_due and "budget of 2.00 USD this month is spent" in due.reason
    assert plan_one(tmp_path, suites=[suite], landed=landed[:1]).is_due
    assert plan_one(tmp_path, suites=[suite], landed=landed, now=AT + timedelta(days=30)).is_due


def test_the_plan_as_json_has_stable_keys_and_utc_times(tmp_path):
    assert plan_one(tmp_path).as_json() == {
        "suite": "weekly",
        "endpoint": "one",
        "source": None,
        "due": True,
        "reason": "never collected; slot of 2026-01-05 03:00 CST",
        "scheduled_for": "2026-01-04T19:00:00+00:00",
        "next_at": "2026-01-11T19:00:00+00:00",
    }
