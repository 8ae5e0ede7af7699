"""Hold every registered public claim against the data: in hindsight, by what was public then, and today.

Before: a snapshot (or a warehouse in the making) with its claims and their checks. After: for each claim a verdict in
each view with figure, interval and the models it rests on: rows of the mart `claim_check`, and out of them the document
of `modelgap claims --json`.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from collectors.claim_entries import Check, Claim
from collectors.errors import UsageError
from collectors.registry_checks import find_closest
from warehouse.claim_documents import show_part
from warehouse.claim_findings import find_on_scale
from warehouse.claim_pairs import find_comparison, find_count
from warehouse.claim_views import VIEWS, View, find_claimed, plan_view
from warehouse.panels import Source
from warehouse.phrases import Told, dump_phrases, load_phrases
from warehouse.stats.match import POINT
from warehouse.verdicts import Finding, Span, combine, judge

NO_CHECK = Check(quantity="none", reason="no check is registered for it")
_COLUMNS = ("claim_date", "metric", "value_low", "value_high", "unit", "as_of", "domain", "subjects", "source_kind")
_TEXTS = ("statement", "claimant", "date_note")


def read_claims(source: Source) -> list[Claim]:
    """Return the claims of a snapshot with their checks, oldest first."""
    return [
        Claim.model_validate(
            {name: row[name] for name in _COLUMNS}
            | {name: {"en": row[f"{name}_en"], "zh": row[f"{name}_zh"]} for name in _TEXTS if row[f"{name}_en"]}
            | {"id": row["claim"], "source": row["source_url"], "check": json.loads(row["checks"])}
        )
        for row in source.rows("FROM claim ORDER BY claim_date, claim")
    ]


def check_claims(source: Source, claims: Sequence[Claim] | None = None) -> list[dict]:
    """Return rows of the mart `claim_check`: one a claim and view, with the verdict and the whole document of the view.

    Takes a tenth of a second or two a claim: it is done once, at build time.
    """
    claims = read_claims(source) if claims is None else claims
    return [_check_view(source, claim, view) for claim in claims for view in VIEWS]


def read_verdicts(source: Source, only: Sequence[str] = ()) -> list[dict]:
    """Return each claim, oldest first, as `{claim, verdict, hindsight, vintage, today, evidence}`.

    Sentences and texts in it are English and keep their parts (`warehouse.phrases`).

    The verdict is that of hindsight: models released by the day the claim speaks of, judged by today's figures.
    `only`: the ids of some claims. Raises UsageError where one is not registered.
    """
    known = [row["claim"] for row in source.rows("SELECT claim FROM claim ORDER BY claim_date, claim")]
    for name in only:
        if name not in known:
            raise UsageError(f"claims: not registered; got {name!r}{find_closest(name, known)}. See `modelgap claims`.")
    found: dict[str, dict] = {}
    for row in source.rows("SELECT claim, view, document FROM claim_check"):
        found.setdefault(row["claim"], {})[row["view"]] = load_phrases(row["document"])
    return [_join_views(name, found[name]) for name in known if name in found and (not only or name in only)]


def check_claim(source: Source, claim: str, match: str, origins: tuple[str, ...] = ()) -> dict:
    """Return one claim as `read_verdicts` does, judged by a match rule, and on figures of some origins alone.

    `match` is a rule of `modelgap gap`, or `tolerance` for that of the scale. Worked out when it is asked for.
    """
    (entry,) = (entry for entry in read_claims(source) if entry.id == claim)
    views = {name: _document(source, entry, name, match, origins) for name in VIEWS}
    return _join_views(claim, load_phrases(dump_phrases(views)))


def _check_view(source: Source, claim: Claim, name: str) -> dict:
    document = _document(source, claim, name)
    return {"claim": claim.id, "view": name, **_flatten(document), "document": dump_phrases(document)}


def _document(source: Source, claim: Claim, name: str, match: str = POINT.label, origins: tuple[str, ...] = ()) -> dict:
    """Return a claim in one view: the verdict, the part that decides it, and every part where there are several."""
    checks = claim.check or (NO_CHECK,)
    plans = [replace(plan_view(name, claim, check, source.as_of), match=match, origins=origins) for check in checks]
    found = [_find(source, claim, check, view) for check, view in zip(checks, plans, strict=True)]
    verdicts = [judge(finding) for finding in found]
    word, reason, place = combine(verdicts)
    parts = [show_part(*part) for part in zip(checks, found, verdicts, strict=True)]
    return {
        **parts[place],
        "verdict": word,
        "reason": reason,
        "parts": parts if len(parts) > 1 else [],
        "evidence": _merge([model for finding in found for model in finding.models]),
    }


def _find(source: Source, claim: Claim, check: Check, view: View) -> Finding:
    if check.quantity == "none":
        return Finding(
            view.day, "", find_claimed(claim, check), Span(None, None), blocked=check.reason and Told(check.reason)
        )
    find = {"comparison": find_comparison, "count": find_count}.get(check.quantity, find_on_scale)
    return find(source, claim, check, view)


def _flatten(document: dict) -> dict:
    """Return the columns of the mart that can be asked without reading the document."""
    names = ("verdict", "reason", "quantity", "value", "is_lower_bound", "unit", "scale")
    (ci90_low, ci90_high), claimed = document["ci90"] or (None, None), document["claimed"]
    return {
        **{name: document[name] for name in names},
        "as_of": date.fromisoformat(document["as_of"]),
        "ci90_low": ci90_low,
        "ci90_high": ci90_high,
        "claimed_low": claimed[0],
        "claimed_high": claimed[1],
    }


def _join_views(name: str, views: dict[str, dict]) -> dict:
    evidence = [{"view": view, **model} for view in VIEWS for model in views[view].pop("evidence")]
    ordered = {view: views[view] for view in VIEWS}
    return {"claim": name, "verdict": views["hindsight"]["verdict"], **ordered, "evidence": evidence}


def _merge(models: Sequence[dict]) -> list[dict]:
    return list({json.dumps(model, sort_keys=True): model for model in models}.values())
