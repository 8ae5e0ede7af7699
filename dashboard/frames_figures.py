"""The figures behind a model: who measured what, when, how, under which licence, and where it can be read.

Before: the landed scores of one model. After: a table of them with links to their sources, marked where one is the
figure that stands for the model in charts; and what the model has on the capability index.
"""

from typing import Any

import pandas as pd

from dashboard.answers import name_models
from dashboard.frames import ALL
from dashboard.frames_claims import find_link
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.questions import PUBLISHED, Choices
from dashboard.words import name_effort, name_metric, name_origin
from warehouse import read

Row = dict[str, Any]
INDEX = "index"


@keep_answers
def list_models(snapshot: read.Snapshot) -> dict[str, str]:
    """Return the models that have a figure, id to name with developer, by name; baselines last."""
    scored = set(read.read_scores(snapshot)["model"].to_pylist())
    developers = {row["developer"]: pick_name(row) for row in read.list_developers(snapshot).to_pylist()}
    rows = [row for row in read.list_models(snapshot).to_pylist() if row["model"] in scored]
    rows.sort(key=lambda row: (row["bloc"] == "baseline", pick_name(row).lower()))
    return {
        row["model"]: t("{name} · {developer}", name=pick_name(row), developer=developers[row["developer"]])
        for row in rows
    }


@keep_answers
def find_first(snapshot: read.Snapshot) -> str:
    """Return the model to open with: the best on the index that is domestic, else the first there is."""
    known = list_models(snapshot)
    index = [row for row in read.read_records(snapshot, INDEX).to_pylist() if row["bloc"] == "domestic"]
    return index[-1]["model"] if index and index[-1]["model"] in known else next(iter(known))


@keep_answers
def table_figures(snapshot: read.Snapshot, model: str, chosen: Choices) -> pd.DataFrame:
    """Return a model's figures that the choices leave, by domain and benchmark, those that stand for it first."""
    known = {row["benchmark"]: row for row in read.list_benchmarks(snapshot).to_pylist()}
    domains = {row["domain"]: pick_name(row) for row in read.read_domains(snapshot).to_pylist()}
    standing = {row["score_id"] for row in read.read_model_points(snapshot, model).to_pylist()}
    rows = [
        row | {"domain": known[row["benchmark"]]["domain"], "stands": row["score_id"] in standing}
        for row in read.read_scores(snapshot, model=model).to_pylist()
        if row["subtask"] is None
    ]
    rows = [row for row in rows if _is_left(row, chosen)]
    rows.sort(key=lambda row: (domains[row["domain"]], pick_name(known[row["benchmark"]]), not row["stands"]))
    return _show(snapshot, rows, known, domains)


def _show(snapshot: read.Snapshot, rows: list[Row], known: dict[str, Row], domains: dict[str, str]) -> pd.DataFrame:
    protocols = {row["protocol_id"]: row for row in read.read_protocols(snapshot).to_pylist()}
    sources = {row["source"]: row for row in read.list_sources(snapshot).to_pylist()}
    return pd.DataFrame(
        {
            t("Benchmark"): [pick_name(known[row["benchmark"]]) for row in rows],
            t("Score"): [_say_score(row) for row in rows],
            t("Stands"): [t("yes") if row["stands"] else "" for row in rows],
            t("Whose figure"): [_say_whose(row, sources) for row in rows],
            t("Published"): [_say_day(row) for row in rows],
            t("Source"): [find_link(row["source_url"]) for row in rows],
            t("Licence"): [_say_licence(sources.get(row["source"])) for row in rows],
            t("Domain"): [domains[row["domain"]] for row in rows],
            t("How"): [_say_how(row, protocols[row["protocol_id"]]) for row in rows],
        }
    )


def _say_licence(source: Row | None) -> str:
    return (pick_name(source, "licence") if source else None) or t("none stated")


def _is_left(row: Row, chosen: Choices) -> bool:
    known = row["first_known_date"] or (row["measured_at"] and row["measured_at"].date())
    day = known if chosen.known_then else row["release_date"]
    return (
        chosen.domain in (ALL, row["domain"])
        and (chosen.evidence == PUBLISHED or row["origin"] in chosen.evidence.split(","))
        and (chosen.as_of is None or (day is not None and day <= chosen.as_of))
    )


def _say_score(row: Row) -> str:
    if row["score"] is None:
        return t("withheld")
    factor, digits = (100, 1) if row["unit"] == "fraction" else (1, 0)
    text = f"{row['score'] * factor:.{digits}f}" + ("%" if factor == 100 else "")
    return text if row["stderr"] is None else f"{text} ± {row['stderr'] * factor:.1f}"


def _say_whose(row: Row, sources: dict[str, Row]) -> str:
    """Return who measured, and by whom it was printed: a competitor's word on a model is marked as such."""
    source = sources.get(row["source"])
    printed = row["reported_by"] or (pick_name(source) if source else row["source"])
    whose = t("a competitor's") if row["reporter_relation"] == "competitor" else name_origin(row["origin"])
    return t("{whose}: {printed}", whose=whose, printed=printed)


def _say_day(row: Row) -> str:
    day = row["measured_at"].date() if row["measured_at"] else row["published_date"]
    return str(day) if day else ""


def _say_how(row: Row, protocol: Row) -> str:
    """Return how a score was taken, as far as its source says: setting, effort, shots, board or harness, items."""
    shots = t("{n}-shot", n=protocol["n_shot"]) if protocol["n_shot"] is not None else None
    items = t("{n} items", n=row["n_samples"]) if row["n_samples"] else None
    harness = protocol["harness"] or (protocol["lm_eval_version"] and f"lm-eval {protocol['lm_eval_version']}")
    taken = (name_effort(row["effort"]), protocol["board"], name_metric(protocol["metric"]), harness, items)
    said = [row["setting"], *taken]
    if shots and shots not in (row["setting"] or ""):
        said.insert(1, shots)
    return t("; ").join(dict.fromkeys(word for word in said if word))


def say_model(snapshot: read.Snapshot, model: str, n_figures: int) -> str:
    """Return what stands behind a model: its figures, and where they put it on the capability index."""
    name = name_models(snapshot).get(model, model)
    points = {row["scale_id"]: row for row in read.read_model_points(snapshot, model).to_pylist()}
    said = t("{n} figures of {name} are listed.", n=n_figures, name=name)
    index = points.get(INDEX)
    if index is None:
        return t("{said} It is not on the capability index.", said=said)
    place = t("{score:.1f} index points from {n} benchmarks", score=index["score"], n=index["n_benchmarks"])
    if index["ci90_low"] is not None:
        place += t(", 90% interval {low:.1f} to {high:.1f}", low=index["ci90_low"], high=index["ci90_high"])
    return t("{said} On the capability index they come to {place}.", said=said, place=place)
