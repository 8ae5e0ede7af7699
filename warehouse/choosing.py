"""Choose the scale that a question is about.

Before: a domain, a benchmark or an index, as a user names it, and the evidence that counts. After: a scale's id, or a
UsageError that names the closest one.
"""

from collections.abc import Sequence
from datetime import date

from collectors.errors import UsageError, WarehouseError
from collectors.registry_checks import find_closest
from warehouse.panels import Source

DEFAULT_INDEX = "index"


def choose_scale(
    source: Source,
    *,
    domain: str | None = None,
    benchmark: str | None = None,
    index: str | None = None,
    isic: str | None = None,
    vintage: date | None = None,
    origins: Sequence[str] = (),
) -> str:
    """Return the id of the scale for a domain, a benchmark (or a scale's own id), an index or a section of ISIC.

    Without any of them it is the index.

    With the one origin `measured` it is a scale of our own scores, the one with the most models.
    Raises UsageError where more than one is named, the name is unknown, or measured and published figures would be
    mixed; WarehouseError where nothing measures it.
    """
    asked = {"domain": domain, "benchmark": benchmark, "index": index, "isic": isic}
    named = {kind: value for kind, value in asked.items() if value}
    if len(named) > 1:
        raise UsageError(f"gap: one of {', '.join(asked)} is asked for at a time; got {', '.join(named)}.")
    if isic:
        return _choose_for_section(source, isic.upper(), set(origins))
    if "measured" in origins:
        return _choose_measured(source, named, set(origins))
    if domain:
        return _choose_for_domain(source, domain, vintage)
    if benchmark:
        return _choose_for_benchmark(source, benchmark, vintage)
    return _choose_index(source, index or DEFAULT_INDEX)


def _choose_measured(source: Source, named: dict[str, str], origins: set[str]) -> str:
    if len(origins) > 1 or named.keys() & {"index"} or not named:
        raise UsageError(
            f"gap: our own scores stand on scales of their own; got origins {', '.join(sorted(origins))} for "
            f"{', '.join(named) or 'the index'}. Ask for --origin measured alone, with a benchmark or a domain."
        )
    ((kind, value),) = named.items()
    found = source.rows(
        f"""SELECT scale_id FROM scale
            WHERE evidence = 'measured' AND (scale_id = $value OR ({kind} = $value AND section IS NULL))
            ORDER BY n_models DESC, newest_known_date DESC, scale_id LIMIT 1""",
        {"value": value},
    )
    if not found:
        raise WarehouseError(
            f"{kind} {value!r}: no score of our own yet. Run `modelgap collect`, then `modelgap build`."
        )
    return found[0]["scale_id"]


def _choose_for_domain(source: Source, domain: str, vintage: date | None) -> str:
    """A domain measured by dated boards is asked by vintage on the newest board of then."""
    found = source.rows(
        "SELECT scale_id, benchmark, board FROM domain_scale JOIN scale USING (scale_id) WHERE domain_scale.domain = ?",
        [domain],
    )
    if found:
        dated = vintage is not None and found[0]["board"] is not None
        return _choose_for_benchmark(source, found[0]["benchmark"], vintage) if dated else found[0]["scale_id"]
    known = _list(source, "SELECT domain FROM domain")
    if domain in known:
        raise WarehouseError(
            f"domain {domain!r}: no score measures it yet. Collect or import some, then `modelgap build`."
        )
    raise UsageError(
        f"domain: does not exist; got {domain!r}{find_closest(domain, known)}. One of: {', '.join(known)}."
    )


def _choose_for_benchmark(source: Source, benchmark: str, vintage: date | None) -> str:
    found = source.rows(
        """SELECT scale_id FROM scale
           WHERE scale_id = $name
              OR (benchmark = $name AND section IS NULL
                  AND ($vintage IS NULL OR board IS NULL OR newest_known_date <= $vintage))
           ORDER BY scale_id = $name DESC, preference LIMIT 1""",
        {"name": benchmark, "vintage": vintage},
    )
    if found:
        return found[0]["scale_id"]
    known = _list(source, "SELECT benchmark FROM benchmark")
    if benchmark in known:
        raise WarehouseError(
            f"benchmark {benchmark!r}: has no score yet. Collect or import some, then `modelgap build`."
        )
    raise UsageError(
        f"benchmark: is not registered; got {benchmark!r}{find_closest(benchmark, known)}. "
        "Fix the name or add it to registry/benchmarks.yaml."
    )


def _choose_for_section(source: Source, section: str, origins: set[str]) -> str:
    """A section stands on its first scale; by origin on the first that holds our own scores, or published ones."""
    evidence = {"measured" if origin == "measured" else "published" for origin in origins}
    if len(evidence) > 1:
        raise UsageError(f"gap: our own scores stand on scales of their own; got origins {', '.join(sorted(origins))}.")
    found = source.rows(
        """SELECT scale_id FROM isic_scale
           WHERE section = $section AND ($evidence IS NULL OR evidence = $evidence) ORDER BY preference LIMIT 1""",
        {"section": section, "evidence": next(iter(evidence), None)},
    )
    if found:
        return found[0]["scale_id"]
    raise _explain_unmeasured(source, section, has_origins=bool(origins))


def _explain_unmeasured(source: Source, section: str, *, has_origins: bool) -> UsageError | WarehouseError:
    """Return the error that says why a section has no scale, and what to run."""
    known = source.rows("SELECT name_en, instruments, suites, n_models FROM isic_coverage WHERE section = ?", [section])
    if not known:
        letters = ", ".join(_list(source, "SELECT section FROM isic_coverage"))
        return UsageError(f"isic: no such section; got {section!r}. One of: {letters}.")
    name, instruments, suites, n_models = known[0].values()
    if not instruments:
        return WarehouseError(f"section {section}, {name}: nothing measures it; no subject or benchmark is mapped.")
    lacking = "no model has such scores" if has_origins else "no model has scores"
    if n_models and not has_origins:
        lacking = f"{n_models} models have scores, none on all subjects of an exam with their items counted,"
    remedy = f"Run `modelgap collect --suite {suites[0]}`" if suites else "Collect"
    return WarehouseError(
        f"section {section}, {name}: {lacking} on {', '.join(instruments)}. {remedy} or import them, "
        "then `modelgap build`."
    )


def _choose_index(source: Source, index: str) -> str:
    known = _list(source, "SELECT scale_id FROM scale WHERE kind = 'index'")
    if index in known:
        return index
    problem = source.meta.get("index_problems", {}).get(index)
    if problem:
        raise WarehouseError(f"index {index!r}: could not be fitted; got: {problem}")
    raise UsageError(
        f"index: does not exist; got {index!r}{find_closest(index, known)}. One of: {', '.join(known) or 'none yet'}."
    )


def _list(source: Source, sql: str) -> list[str]:
    return [next(iter(row.values())) for row in source.rows(f"{sql} ORDER BY 1")]
