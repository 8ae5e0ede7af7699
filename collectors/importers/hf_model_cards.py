"""Import evaluation results of Hugging Face model cards: `model-index` in README.md, and `.eval_results/*.yaml`.

Before: a card, a repository's address, or a folder of cards. After: the accuracies that the card states, as the word of
its authors or of the board it names. Cards write 0.65 or 65 for the same: one that does not say which is refused.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from collectors.errors import PayloadError
from collectors.importers.benchmark_names import OTHER_METRIC, BenchmarkNames, Meaning, says_nothing
from collectors.importers.card_yaml import MAX_BYTES, read_yaml, split_front_matter
from collectors.importers.contract import NOT_A_NUMBER, Context, Parsed, Payload, read_count
from collectors.importers.fetching import Fetcher, is_url, list_files
from collectors.importers.log_figures import LogFigures, read_time
from collectors.importers.opening import read_text
from collectors.records import Protocol

AMBIGUOUS = "a fraction or a percentage; the card has both and does not say"
RESCALED = "rescaled by the leaderboard, no accuracy"
BOARD = "Open LLM Leaderboard"
ACCURACIES = ("acc", "accuracy", "acc_norm", "exact_match", "em", "pass@1", "pass_at_1",
              "inst_level_strict_acc and prompt_level_strict_acc")  # fmt: skip
_PLAIN_ON_BOARD = {"ifeval", "math-level-5"}
"""The second board's tests with a chance floor of 0: there its rescaled column is the accuracy."""
_WHOLE = {"", "default", "main", "all", "arc-challenge", "winogrande_xl", "gpqa_diamond"}
"""The parts of data sets that are whole benchmarks."""
_SECOND_BOARD = "open-llm-leaderboard/open_llm_leaderboard"
_VALUE = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*(%?)\s*(?:(?:±|\+/?-)\s*(\d+(?:\.\d+)?)\s*%?)?\s*$")


@dataclass(frozen=True)
class _Stated:
    """One figure as a card states it."""

    place: str
    titles: tuple[str, ...]
    metric: str
    value: object
    n_shot: int | None
    source: str
    url: str | None
    notes: str | None = None
    day: date | None = None
    part: str | None = None


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return a payload for each card below `place`; the card of a repository at its address on the hub."""
    if place is None:
        raise PayloadError(
            "import hf-model-card: no place was given. Name a card, a folder, or a repository's address."
        )
    if is_url(place):
        return [fetcher.fetch(_find_card(place))]
    found = list_files(place, lambda path: _may_state_results(path) or path == Path(place))
    return [fetcher.keep([file], place) for file in found]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return the card's figures."""
    text, name = read_text(payload.main), payload.main.name
    is_card = not name.endswith((".yaml", ".yml"))
    document = read_yaml(split_front_matter(text) or "" if is_card else text, name)
    stated = list(_read_index(document, name) if is_card else _read_results(document, name))
    repository = _find_repository(payload, document)
    owner = repository.partition("/")[0] if "/" in repository else None
    figures = LogFigures(payload, context, origin="vendor", reported_by=owner)
    figures.parsed.n_rows = len(stated)
    figures.parsed.details = {"repository": repository}
    names = BenchmarkNames(context.registry, "titles")
    groups: dict[str, list[tuple[_Stated, Meaning]]] = defaultdict(list)
    for figure in stated:
        meaning = next(filter(None, map(names.find, figure.titles)), None)
        if meaning is None:
            names.reject(figures.parsed, figure.place, figure.titles[0] if figure.titles else "?")
        elif figure.metric.lower() not in ACCURACIES and not (figure.metric == "f1" and meaning.benchmark == "drop"):
            figures.parsed.reject(figure.place, OTHER_METRIC, f"{figure.titles[0]}: {figure.metric}")
        elif _is_rescaled(figure, meaning):
            figures.parsed.reject(figure.place, RESCALED, figure.titles[0])
        else:
            groups[figure.source].append((figure, meaning))
    for group in groups.values():
        _offer_group(figures, group, repository)
    return figures.parsed


def _offer_group(figures: LogFigures, group: Sequence[tuple[_Stated, Meaning]], repository: str) -> None:
    """Take in the figures of one source, which all count in fractions or all in percent."""
    printed = [(figure, meaning, _read_value(figure.value)) for figure, meaning in group]
    large = [number > 1 for _, _, (number, _, has_sign) in printed if number is not None and not has_sign]
    in_percent = group[0][0].source == BOARD or any(large)
    is_mixed = in_percent and not all(large) and group[0][0].source != BOARD
    for figure, meaning, (number, error, has_sign) in printed:
        if number is None:
            figures.parsed.reject(figure.place, NOT_A_NUMBER, figure.value)
        elif is_mixed and number <= 1 and not has_sign:
            figures.parsed.reject(figure.place, AMBIGUOUS, f"{figure.titles[0]}: {figure.value}")
        else:
            scale = 100 if in_percent or has_sign else 1
            figures.offer(
                figure.place,
                repository,
                number / scale,
                Protocol(benchmark=meaning.benchmark, metric=figure.metric, n_shot=figure.n_shot),
                stderr=None if error is None else error / scale,
                source_url=figure.url,
                notes=figure.notes,
                published_date=figure.day,
                subtask=figure.part,
                **({"origin": "leaderboard", "reported_by": BOARD} if figure.source == BOARD else {}),
            )


def _read_index(document: object, name: str) -> Iterator[_Stated]:
    """Yield every metric of a card's `model-index`."""
    index = document.get("model-index") if isinstance(document, dict) else None
    if not isinstance(index, list):
        raise PayloadError(f"{name}: no evaluation results in the card's metadata. Name a card with a model-index.")
    for entry in index:
        for number, result in enumerate(_list(entry, "results")):
            dataset, source = _table(result, "dataset"), _table(result, "source")
            for metric in _list(result, "metrics"):
                if isinstance(metric, dict):
                    yield _Stated(
                        place=f"{name}: result {number}",
                        titles=_list_titles(dataset),
                        part=_find_part(dataset),
                        metric=str(metric.get("type")),
                        value=metric.get("value"),
                        n_shot=read_count(_table(dataset, "args").get("num_few_shot")),
                        source=str(source.get("name") or ""),
                        url=_link(source.get("url")),
                    )


def _read_results(document: object, name: str) -> Iterator[_Stated]:
    """Yield every entry of a file of `.eval_results/`."""
    if not isinstance(document, list):
        raise PayloadError(f"{name}: no evaluation results in it. Name a file of .eval_results/.")
    for number, entry in enumerate(document):
        dataset, source = _table(entry, "dataset"), _table(entry, "source")
        if not isinstance(entry, dict):
            continue
        identity, task = str(dataset.get("id") or ""), str(dataset.get("task_id") or "")
        is_whole = task in ("", "default") or task.lower() == identity.rpartition("/")[2].lower()
        moment = read_time(entry["date"]) if isinstance(entry.get("date"), str | date | datetime) else None
        yield _Stated(
            place=f"{name}: entry {number}",
            titles=_words(identity if is_whole else task),
            metric="accuracy",
            value=entry.get("value"),
            n_shot=None,
            source=str(source.get("name") or ""),
            url=_link(source.get("url")),
            notes=str(entry["notes"])[:500] if entry.get("notes") else None,
            day=moment.date() if moment else None,
        )


def _list_titles(dataset: Mapping) -> tuple[str, ...]:
    """Return what may say which benchmark it is: the name, the data set with its part, by itself where unnamed."""
    name, kind, config = _words(dataset.get("name")), _words(dataset.get("type")), _words(dataset.get("config"))
    plain = kind if kind and says_nothing("".join(name), kind[0]) else ()
    return (*name, *(f"{kind[0]}/{config[0]}" for _ in config if kind), *plain) or ("?",)


def _find_part(dataset: Mapping) -> str | None:
    """Return the part of a data set that a figure is of; None for the whole."""
    config = "".join(_words(dataset.get("config")))
    return None if config.casefold() in _WHOLE else config[:200]


def _is_rescaled(figure: _Stated, meaning: Meaning) -> bool:
    return _SECOND_BOARD in (figure.url or "") and meaning.benchmark not in _PLAIN_ON_BOARD


def _read_value(value: object) -> tuple[float | None, float | None, bool]:
    """Return number, standard error and whether a % sign says percent. Example: "64.6 ± 1.4"."""
    text = str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    # A long row of blanks would take the pattern hours.
    found = _VALUE.match(text) if len(text) <= 60 else None
    if not found:
        return None, None, False
    return float(found[1]), float(found[3]) if found[3] else None, bool(found[2])


def _find_repository(payload: Payload, document: object) -> str:
    """Return the card's repository: by its address, by its folder `<owner>/<name>/`, or by the name it gives itself."""
    if is_url(payload.place):
        return "/".join(urlsplit(payload.place).path.split("/")[1:3])
    folders = [part for part in PurePosixPath(payload.main.name).parts[:-1] if part != ".eval_results"]
    if len(folders) >= 2:
        return "/".join(folders[-2:])
    index = _list(document, "model-index") if isinstance(document, dict) else []
    return next((str(entry["name"]) for entry in index if isinstance(entry, dict) and entry.get("name")), "")


def _find_card(url: str) -> str:
    """Return the address of a repository's card; an address of a file stays as it is."""
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    if parts.hostname == "huggingface.co" and len(path) == 2:
        return f"https://huggingface.co/{path[0]}/{path[1]}/raw/main/README.md"
    return url


def _may_state_results(path: Path) -> bool:
    if path.parent.name == ".eval_results":
        return path.suffix in (".yaml", ".yml")
    if path.suffix != ".md" or not path.is_file():
        return False
    with path.open("rb") as file:
        return b"model-index:" in file.read(MAX_BYTES)


def _table(parent: object, key: str) -> dict:
    value = parent.get(key) if isinstance(parent, dict) else None
    return value if isinstance(value, dict) else {}


def _list(parent: object, key: str) -> list:
    value = parent.get(key) if isinstance(parent, dict) else None
    return value if isinstance(value, list) else []


def _words(*values: object) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str) and value)


def _link(value: object) -> str | None:
    return value[:2000] if isinstance(value, str) and is_url(value) else None
