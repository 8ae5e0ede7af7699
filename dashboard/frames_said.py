"""Public claims on the lag, as marks for the lag over time and as a table beside it.

Before: the registered claims of a snapshot. After: frames in months, each claim at the day it speaks of.
"""

import json
from collections import Counter
from datetime import date
from typing import Any

import pandas as pd

from dashboard.charts.claims_on_lag import say_range
from dashboard.frames_claims import VERDICTS, name_verdict
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from warehouse import read

OVERALL = "all"
COLUMNS = ["day", "low", "high", "claimant", "statement", "is_standing", "source_url"]


@keep_answers
def read_lag_claims(snapshot: read.Snapshot, domain: str | None) -> pd.DataFrame:
    """Return the claims that name a number of months, of a domain or (None) overall, in the order of their days.

    `is_standing`: the claim speaks of the distance on its day, which the line shows; others of one model's wait, of an
    average or of a range over years.
    """
    rows = []
    for claim in read.read_claims(snapshot).to_pylist():
        bounds = [claim["value_low"], claim["value_high"]]
        known = [value for value in bounds if value is not None]
        if claim["metric"] != "lag_months" or not known or claim["domain"] != (domain or OVERALL):
            continue
        check = (json.loads(claim["checks"]) or [{}])[0]
        low, high = min(known), max(known)
        is_standing = check.get("quantity") == "standing_lag" and check.get("take") in (None, "value")
        said = [pick_name(claim, "claimant"), pick_name(claim, "statement"), is_standing, claim["source_url"]]
        rows.append([_find_day(claim, check), low, high, *said])
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("day", kind="stable").reset_index(drop=True)


def table_lag_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims as readers see them in a table."""
    rows = claims.to_dict("records")
    return pd.DataFrame(
        {
            t("Speaks of"): [row["day"] for row in rows],
            t("Who"): [row["claimant"] for row in rows],
            t("Claimed"): [say_range(row) for row in rows],
            t("What was said"): [row["statement"] for row in rows],
            t("Read it"): [row["source_url"] for row in rows],
        }
    )


@keep_answers
def count_verdicts(snapshot: read.Snapshot) -> dict[str, int]:
    """Return how many claims have which verdict, in words; empty where no claim was checked."""
    counts = Counter(row["verdict"] for row in read.read_verdicts(snapshot))
    return {name_verdict(verdict): counts[verdict] for verdict in VERDICTS if counts[verdict]}


@keep_answers
def table_verdicts(snapshot: read.Snapshot, limit: int = 5) -> pd.DataFrame:
    """Return the newest checked claims with their verdict, as readers see them in a table."""
    verdicts = {row["claim"]: row["verdict"] for row in read.read_verdicts(snapshot)}
    rows = [row for row in read.read_claims(snapshot).to_pylist() if row["claim"] in verdicts][: -limit - 1 : -1]
    return pd.DataFrame(
        {
            t("Verdict"): [name_verdict(verdicts[row["claim"]]) for row in rows],
            t("Said on"): [row["claim_date"] for row in rows],
            t("Who"): [pick_name(row, "claimant") for row in rows],
            t("What was said"): [pick_name(row, "statement") for row in rows],
        }
    )


def _find_day(claim: dict[str, Any], check: dict[str, Any]) -> date:
    """Return the day that a claim speaks of: as its check says, else as it was published."""
    try:
        return date.fromisoformat(str(check.get("day")))
    except ValueError:
        return claim["claim_date"]
