"""The gate that figures of evaluation logs pass: number, range, model, twin; and what all of them share.

Before: a harness's numbers with the names it gives to models. After: `Score`s with origin, reporter and dates, and
counted rejects, in a `Parsed`.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from collectors.efforts import read_effort
from collectors.importers.contract import (
    GIVEN_TWICE,
    NOT_A_NUMBER,
    OUT_OF_RANGE,
    UNKNOWN_MODEL,
    Context,
    Parsed,
    Payload,
    read_number,
)
from collectors.importers.naming import normalise
from collectors.marking import adjust_stderr
from collectors.records import Protocol, Score

FIRST_LOG = date(2019, 1, 1)
"""No harness that we read wrote logs before."""
SMALLEST_STDERR = 1e-12
"""Below this a standard error is the rounding of 0, not an estimate."""
CEILINGS = {False: 1, True: 10_000}
"""The highest fraction, and the highest rating on a board."""


class LogFigures:
    """The figures of one log, gathered into a `Parsed`.

    Args: `logged_at` when the log says that it was written; a time that cannot be is left out. `origin` what the log
    itself says of who measured; whoever imports may say otherwise.
    """

    def __init__(
        self,
        payload: Payload,
        context: Context,
        *,
        logged_at: datetime | None = None,
        origin: str = "independent",
        reported_by: str | None = None,
    ):
        self.context = context
        self.retrieved_on = payload.retrieved_on
        if logged_at and not FIRST_LOG <= logged_at.date() <= payload.retrieved_on + timedelta(days=1):
            logged_at = None
        self.parsed = Parsed(measured_at=logged_at)
        self._origin, self._reported_by = origin, reported_by
        self._logged = logged_at.date() if logged_at else payload.retrieved_on
        self._seen: set[tuple] = set()

    def offer(
        self, place: str, name: str, value: object, protocol: Protocol, *, stderr: object = None, **fields
    ) -> Score | None:
        """Take one figure in, or count it as refused; `name` is the model as the log calls it.

        `fields` are further fields of `Score`, those that are None left out; `model`, `origin` and `reported_by` there
        are for this figure alone. The caller counts `parsed.n_rows`.
        """
        number = read_number(value)
        model = fields.pop("model", None) or self.find_model(name)
        if number is None:
            return self.parsed.reject(place, NOT_A_NUMBER, value)
        ceiling = CEILINGS[protocol.board is not None]
        if not 0 <= number <= ceiling:
            hint = "; a percentage?" if 1 < number <= 100 else ""
            return self.parsed.reject(place, OUT_OF_RANGE, f"{number:g}: lies not in 0-{ceiling}{hint}")
        if model is None:
            return self.parsed.reject(place, UNKNOWN_MODEL, self.context.options.model or name)
        error = check_stderr(stderr, number, fields.get("n_samples"), ceiling)
        score = self._shape(model, name, number, error, protocol, fields)
        identity = tuple(score.model_dump(exclude={"protocol", "stderr", "notes"}).values())
        if (identity, protocol.protocol_id) in self._seen:
            return self.parsed.reject(place, GIVEN_TWICE, f"{name} on {score.benchmark} {score.subtask or ''}".strip())
        self._seen.add((identity, protocol.protocol_id))
        self.parsed.scores.append(score)
        return score

    def find_model(self, *names: str) -> str | None:
        """Return the registered model that was said to be the log's, or else the first that one of `names` means.

        A name `organisation/repository` of the hub means a model of the developer whose organisation that is.
        """
        said = self.context.options.model
        found = (self.context.names.find(_spell_developer(name)) for name in ((said,) if said else names) if name)
        return next(filter(None, found), None)

    def _shape(
        self, model: str, name: str, score: float, stderr: float | None, protocol: Protocol, fields: dict
    ) -> Score:
        """Return the score: what the user says goes before what is known of the figure, and that before the log."""
        options, relation = self.context.options, fields.pop("reporter_relation", None)
        said = {key: getattr(options, key) for key in ("origin", "reported_by", "source_url", "published_date")}
        of_log = {
            "origin": self._origin,
            "reported_by": self._reported_by,
            "setting": name or None,
            "effort": read_effort(name, model),
            "published_date": self._logged,
        }
        row = of_log | _drop_unknown(fields) | _drop_unknown(said)
        if row["origin"] == "vendor":
            row["reporter_relation"] = relation or self._relate(model, row["reported_by"])
        return Score(
            model=model,
            benchmark=protocol.benchmark,
            unit="fraction" if protocol.board is None else "elo",
            source=self.context.source.id,
            protocol=protocol,
            score=score,
            stderr=stderr,
            # A day of logging is no day of publication: since when a figure was public is known only if it is said.
            first_known_date=options.published_date,
            **row,
        )

    def _relate(self, model: str, reported_by: str | None) -> str:
        """Return whose model a vendor reports on: its own, a competitor's, or unclassified where that is not known."""
        reported_by = _read_organisations().get((reported_by or "").casefold(), reported_by)
        for developer in self.context.registry.developers.values():
            known = {normalise(name) for name in (developer.developer, developer.name.en, developer.name.zh) if name}
            if reported_by and normalise(reported_by) in known:
                return "own" if model.startswith(f"{developer.developer}/") else "competitor"
        return "unclassified"


def check_stderr(value: object, score: float, n_samples: int | None, ceiling: float = 1) -> float | None:
    """Return a standard error as it may be kept: positive and finite, or None where nothing sound is known.

    A printed 0 is the failed estimate of a score of exactly 0 or 1: where the number of items is known it becomes that
    of `adjust_stderr`, as for our own runs.
    """
    number = read_number(value)
    if number is None or not 0 <= number <= ceiling:
        return None
    if number > SMALLEST_STDERR:
        return number
    # Marks within 0-1 whose mean is 0 or 1 are all equal to it.
    return adjust_stderr(0.0, [score] * n_samples) if score in (0, 1) and n_samples and ceiling == 1 else None


def _drop_unknown(fields: dict) -> dict:
    return {name: value for name, value in fields.items() if value is not None}


def _spell_developer(name: str) -> str:
    organisation, slash, repository = name.partition("/")
    return f"{_read_organisations().get(organisation.casefold(), organisation)}{slash}{repository}"


@cache
def _read_organisations() -> dict[str, str]:
    path = Path(__file__).with_name("hub_organisations.yaml")
    return {name.casefold(): developer for name, developer in yaml.safe_load(path.read_text(encoding="utf-8")).items()}


def read_time(value: object) -> datetime | None:
    """Return a moment from a Unix time (number or digits) or ISO text, in UTC; None where it is neither."""
    number = read_number(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(number, UTC)
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def name_part(subtask: str | None, limit: object) -> str | None:
    """Return the subtask's name, marked where a limit let only some of the items be asked: no whole benchmark then."""
    number = read_number(limit)
    if number is None or number <= 0:
        return subtask
    return "/".join(filter(None, (subtask, f"limit-{number:g}")))
