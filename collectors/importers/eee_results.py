"""Read the results of one Every Eval Ever record: each with its scale, brought to a fraction.

Before: `evaluation_results` as some publisher's converter wrote them. After: `Result`s whose score is on 0-1 where the
record states a scale of 0-1 or 0-100; any other scale is a counted reject, never a guess.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import NormalDist

from collectors.importers.benchmark_names import Meaning
from collectors.importers.contract import Parsed, read_count, read_number

LESS_IS_BETTER = "less of this metric is better"
NO_FRACTION = "scale is neither 0-1 nor 0-100"
RATING = "a rating compares only on its own board, and the record names none"
NO_RESULT = "result is no table"
_OVERALL = (" (overall)", "/overall", ".overall", "_overall", " - overall", " overall")
_GENERATION = ("temperature", "top_p", "top_k", "max_tokens", "reasoning")
_RESTORED = ("setting", "effort", "notes", "source_url")


@dataclass(frozen=True)
class Result:
    """One figure: what it is called, its score and error on 0-1, and what modelgap itself wrote beside it."""

    name: str
    id: str | None
    titles: tuple[str, ...]
    data_titles: tuple[str, ...]
    metric: str
    description: str
    score: object
    stderr: float | None
    n_samples: int | None
    n_shot: int | None
    generation: dict[str, object]
    benchmark: str | None = None
    subtask: str | None = None
    board: str | None = None
    fields: dict[str, object] = field(default_factory=dict)
    meaning: Meaning | None = None
    """What the name means of itself, where its harness is known: then `task` and `filter` are that harness's."""
    task: str | None = None
    filter: str | None = None


def read_results(parsed: Parsed, place: str, record: Mapping) -> list[Result]:
    """Return the results of a record that have a usable scale; the others are counted in `parsed`."""
    found = []
    for number, row in enumerate(record["evaluation_results"]):
        where = f"{place}: result {number}"
        metric, details = _table(row, "metric_config"), _table(row, "score_details")
        if not isinstance(row, dict) or not isinstance(row.get("evaluation_name"), str):
            parsed.reject(where, NO_RESULT, row)
            continue
        board = _table(details, "details").get("board")
        scale = 1.0 if _is_rating(metric) and isinstance(board, str) else _find_scale(metric)
        if metric.get("lower_is_better") is not False:
            parsed.reject(where, LESS_IS_BETTER, row["evaluation_name"])
        elif scale is None:
            parsed.reject(where, RATING if _is_rating(metric) else NO_FRACTION, row["evaluation_name"])
        else:
            found.append(_read(row, metric, details, scale))
    return found


def _read(row: Mapping, metric: Mapping, details: Mapping, scale: float) -> Result:
    data, uncertainty = _table(row, "source_data"), _table(details, "uncertainty")
    arguments = _table(_table(row, "generation_config"), "generation_args")
    more, settings = _table(details, "details"), _table(_table(row, "generation_config"), "additional_details")
    score, name = read_number(details.get("score")), row["evaluation_name"]
    titles = (name, str(row.get("evaluation_result_id") or ""), str(metric.get("metric_id") or ""))
    return Result(
        name=name,
        id=row.get("evaluation_result_id") if isinstance(row.get("evaluation_result_id"), str) else None,
        titles=tuple(_strip_overall(title) for title in titles if title),
        data_titles=tuple(str(data[key]) for key in ("dataset_name", "hf_repo") if data.get(key)),
        metric=str(metric.get("metric_name") or metric.get("metric_id") or "accuracy")[:200],
        description=str(metric.get("evaluation_description") or ""),
        score=details.get("score") if score is None else score / scale,
        stderr=_read_stderr(uncertainty, scale),
        n_samples=read_count(uncertainty.get("num_samples")) or read_count(more.get("n_samples")) or None,
        n_shot=read_count(more.get("n_shot", settings.get("num_fewshot"))),
        generation={key: arguments[key] for key in _GENERATION if isinstance(arguments.get(key), int | float)},
        benchmark=more.get("benchmark") if isinstance(more.get("benchmark"), str) else None,
        subtask=more.get("subtask") if isinstance(more.get("subtask"), str) else None,
        board=more.get("board") if _is_rating(metric) else None,
        fields=_restore(more),
    )


def _find_scale(metric: Mapping) -> float | None:
    """Return what a score is divided by to lie in 0-1, from the bounds or the unit that the record states."""
    if metric.get("score_type") == "levels" or _is_rating(metric):
        return None
    low, high = read_number(metric.get("min_score")), read_number(metric.get("max_score"))
    if metric.get("score_type") == "binary" or (low == 0 and high == 1):
        return 1.0
    if low == 0 and high == 100:
        return 100.0
    if metric.get("min_score") is None and metric.get("max_score") is None:
        return {"proportion": 1.0, "fraction": 1.0, "percent": 100.0, "percentage": 100.0}.get(
            str(metric.get("metric_unit"))
        )
    return None


def _is_rating(metric: Mapping) -> bool:
    return "elo" in (metric.get("metric_kind"), metric.get("metric_unit"))


def _read_stderr(uncertainty: Mapping, scale: float) -> float | None:
    """Return the standard error on 0-1: as stated, or half the interval over its normal quantile."""
    stated = read_number(_table(uncertainty, "standard_error").get("value"))
    if stated is not None:
        return stated / scale
    interval = _table(uncertainty, "confidence_interval")
    low, high = read_number(interval.get("lower")), read_number(interval.get("upper"))
    level = read_number(interval.get("confidence_level", 0.95))
    if low is None or high is None or level is None or not 0 < level < 1 or high < low:
        return None
    return (high - low) / 2 / NormalDist().inv_cdf((1 + level) / 2) / scale


def _restore(details: Mapping) -> dict[str, object]:
    """Return what modelgap wrote of a figure when it exported it."""
    fields: dict[str, object] = {key: details[key] for key in _RESTORED if isinstance(details.get(key), str)}
    with contextlib.suppress(KeyError, ValueError, TypeError):
        fields |= {"published_date": date.fromisoformat(details["published_date"])}
    return fields


def _strip_overall(title: str) -> str:
    ending = next((ending for ending in _OVERALL if title.lower().endswith(ending)), "")
    return title[: len(title) - len(ending)]


def _table(parent: object, key: str) -> dict:
    value = parent.get(key) if isinstance(parent, dict) else None
    return value if isinstance(value, dict) else {}
