"""Put checked claims, comparisons and efficiency into words for the command line.

Before: their documents and the claims themselves. After: text; a figure never without its unit and what it rests on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from collectors.claim_entries import Claim

VIEW_WORDS = {
    "hindsight": "models released by then, today's figures",
    "vintage": "only figures known to have been public by then",
    "today": "the same statement, as of the newest evidence",
}
FACTOR = {"fraction": 100.0, "elo": 1.0, "index": 1.0}


def describe_claims(documents: Sequence[dict], claims: Mapping[str, Claim]) -> str:
    """Return a row a claim: verdict, day, what was claimed and measured, who said what."""
    rows = [("verdict", "date", "claimed", "measured (90% interval)", "claim", "statement")]
    for document in documents:
        claim, view = claims[document["claim"]], document["hindsight"]
        figures = _say_range(view["claimed"], view["unit"]), _say_figure(view, view["unit"])
        said = f"{claim.claimant}: {claim.statement}"
        rows.append((document["verdict"], claim.claim_date.isoformat(), *figures, claim.id, said))
    counts = Counter(document["verdict"] for document in documents)
    summary = ", ".join(f"{counts[word]} {word}" for word in ("supported", "contradicted", "undetermined"))
    return "\n".join([*_align(rows), f"{summary}: by {VIEW_WORDS['hindsight']}. `modelgap claims CLAIM` says why."])


def describe_claim(document: dict, claim: Claim) -> str:
    """Return one claim in full: each view with its reason, and the models it rests on."""
    lines = [
        f"{claim.id}: {claim.statement}",
        f"  {claim.claimant}, {claim.claim_date}, {claim.source} ({claim.source_kind})",
    ]
    for name, words in VIEW_WORDS.items():
        view = document[name]
        lines.append(f"{name} ({words}), as of {view['as_of']}: {view['verdict']}, {view['reason']}")
        for part in view["parts"] or [view]:
            lines += _describe_part(part, with_verdict=bool(view["parts"]))
        found = [model for model in document["evidence"] if model["view"] == name]
        lines += [f"    {model['role']}: {_say_model(model)}" for model in found]
    return "\n".join(lines)


def _describe_part(part: dict, with_verdict: bool) -> list[str]:
    if part["value"] is None and not part["reading"]:
        return []
    verdict = f"{part['verdict']}: " if with_verdict else ""
    claimed = _say_range(part["claimed"], part["unit"])
    scale = f" on {part['scale']}" if part["scale"] else ""
    lines = [f"  {verdict}claimed {claimed}, measured {_say_figure(part, part['unit'])}{scale}"]
    if part["reading"]:
        lines.append(f"    read as: {part['reading']}")
    for other in part["others"]:
        lines.append(f"    {other['label']}: {_say_figure(other, part['unit'])}")
    lines += _describe_context(part["context"])
    return lines + [f"    guard {guard}" for guard in part["guards"]] + [f"    note: {note}" for note in part["notes"]]


def _describe_context(context: dict) -> list[str]:
    """Return what stands beside the figure, on one line: the other lags of the day, or the other counts."""
    day = f" on {context['as_of']}" if "as_of" in context else ""
    shown = [
        f"{name.replace('_', ' ')} {value:.4g}" for name, value in context.items() if isinstance(value, int | float)
    ]
    return [f"    beside it{day}: {', '.join(shown)}"] if shown else []


def describe_comparison(document: dict) -> str:
    """Return the table of two models or cohorts, benchmark by benchmark, with the means by domain and over all."""
    is_cohorts = "cohort_a" in document
    a, b = (document[f"{'cohort' if is_cohorts else 'model'}_{side}"] for side in "ab")
    more = ("first record", "second record") if is_cohorts else ("origin", "source")
    head = ("domain", "benchmark", "first", "second", "difference", "basis", *more)
    rows = [_describe_row(row, ("model_a", "model_b") if is_cohorts else more) for row in document["rows"]]
    rows += [_describe_mean(mean["domain"], mean) for mean in document["domains"]]
    if document["overall"]:
        rows.append(_describe_mean("overall", document["overall"]))
    dated = f", records as of {document['as_of']}" if is_cohorts else ""
    lines = [f"{a} (first) against {b} (second), difference = first - second{dated}", *_align([head, *rows])]
    if document["index"]:
        index = document["index"]
        interval = _say_interval(index["ci90"], 1.0)
        lines.append(f"capability index: {index['a']:.1f} and {index['b']:.1f}, {index['difference']:+.1f}{interval}")
    return "\n".join([*lines, *(f"note: {note}" for note in document["notes"])])


def _describe_row(row: dict, more: tuple[str, ...]) -> tuple[str, ...]:
    factor = FACTOR[row["unit"]]
    error = f" ± {row['stderr'] * factor:.1f}" if row["stderr"] is not None else ""
    scores = (f"{row[side] * factor:.2f}" for side in ("a", "b"))
    difference = f"{row['difference'] * factor:+.2f}{error}"
    return (row["domain"], row["benchmark"], *scores, difference, row["basis"], *(row[name] for name in more))


def _describe_mean(name: str, mean: dict) -> tuple[str, ...]:
    error = f" ± {mean['stderr'] * 100:.1f}" if mean["stderr"] is not None else ""
    spread = _say_interval(mean["spread_ci90"], 100.0).replace("90% interval", "90% over benchmarks")
    scores = (f"{mean[side] * 100:.2f}" for side in ("a", "b"))
    return (
        name,
        f"mean of {mean['n_benchmarks']}",
        *scores,
        f"{mean['difference'] * 100:+.2f}{error}{spread}",
        "",
        "",
        "",
    )


def describe_efficiency(document: dict) -> str:
    """Return how the least cost that reaches the target fell in each cohort, or each cohort's record curve."""
    target, factor = document["target"], FACTOR[document["unit"]]
    unit, where = document["cost_unit"], f"on {document['scale']}, as of {document['as_of']}"
    lines = [f"Record curves of score against {unit}, {where}"]
    if target:
        whose = (
            f", the score of {target['model']} ({_say_cost(target['cost'])}, {target['released']})"
            if target["model"]
            else ""
        )
        lines = [f"What reaches {target['score'] * factor:.1f}{whose}, in {unit}, {where}"]
    for name, cohort in document["cohorts"].items():
        lines.append(f"{name}: {cohort['n_costed']} of {cohort['n_models']} models with a known cost")
        for step in cohort["reached" if target else "curve"]:
            score = step["score"] * factor
            lines.append(f"  {step['released']}  {_say_cost(step['cost']):>9}  {score:8.1f}  {step['model']}")
        if not cohort["reached" if target else "curve"]:
            lines.append("  none")
    return "\n".join([*lines, f"snapshot {document['snapshot']}"])


def _say_cost(cost: float | None) -> str:
    return "cost not known" if cost is None else f"{cost:g}"


def _say_figure(shown: dict, unit: str) -> str:
    if shown["value"] is None:
        return "no figure"
    bound = "more than " if shown["is_lower_bound"] else ""
    interval = shown["ci90"] or shown["figures_range"]
    kind = "" if shown["ci90"] else "figures "
    ends = "" if interval is None else f" ({kind}{_say_end(interval[0])} to {_say_end(interval[1])})"
    return f"{bound}{shown['value']:.1f}{ends} {unit}".strip()


def _say_range(claimed: Sequence[float | None], unit: str | None) -> str:
    low, high = claimed
    if low is None and high is None:
        return "no figure"
    if low is not None and high is not None:
        words = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    else:
        words = f"at least {low:g}" if low is not None else f"at most {high:g}"
    return f"{words} {unit or ''}".strip()


def _say_interval(interval: Sequence[float | None] | None, factor: float) -> str:
    if interval is None or None in interval:
        return ""
    return f" (90% interval {interval[0] * factor:.1f} to {interval[1] * factor:.1f})"


def _say_end(end: float | None) -> str:
    return "open" if end is None else f"{end:.1f}"


def _say_model(model: dict) -> str:
    day = f", {model['released']}" if model.get("released") else ""
    origin = f", {model['origin']}" if model.get("origin") else ""
    return f"{model['model']}{day}, {model['score']:g} on {model['scale']}{origin}"


def _align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines, columns padded to the widest cell but the last."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]
