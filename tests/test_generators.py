"""Generated items: the same for an edition everywhere, new each month, fit to be answered and read."""

import hashlib
import json
from importlib import import_module
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.embedded.numerals import read_chinese
from collectors.errors import UsageError
from collectors.generators import instructions, numerals, ordering
from collectors.generators.items import LEVELS, Item, draw_items, load_items
from collectors.lm_eval_tasks.answers import read_answers
from collectors.lm_eval_tasks.constraints import follows

BOTH = ["arithmetic", "dates", "ordering", "programs", "instructions"]
SETS = [*product(BOTH, ("en", "zh")), ("numerals", "zh")]
EDITION = "2025-12"


def make(generator: str, language: str, n: int = 99, edition: str = EDITION) -> list[Item]:
    return import_module(f"collectors.generators.{generator}").generate(edition, language, n)


@pytest.mark.parametrize(("generator", "language"), SETS)
def test_an_edition_is_the_same_each_time_and_graded_in_turn(generator, language):
    items = make(generator, language)
    assert items == make(generator, language)
    assert items[:20] == make(generator, language, 20)
    assert len({item.question for item in items}) == 99
    assert [item.level for item in items[:6]] == [*LEVELS, *LEVELS]
    assert all(item.question.strip() and item.answer.strip() for item in items)


@pytest.mark.parametrize(("generator", "language"), SETS)
def test_another_month_asks_other_items(generator, language):
    this, last = ({item.question for item in make(generator, language, edition=e)} for e in (EDITION, "2025-11"))
    assert len(this & last) <= 5


DIGESTS = {
    "arithmetic": "d61d7058db7d",
    "dates": "94f0b8ce8a93",
    "ordering": "002a9530658a",
    "programs": "b97ad36ab578",
    "instructions": "62a741002f23",
    "numerals": "f842b8b25de6",
}


@pytest.mark.parametrize("generator", DIGESTS)
def test_items_change_only_with_the_version(generator):
    """Another digest means other items under one edition: raise `metadata.version` of the tasks, then note it here."""
    languages = ("zh",) if generator == "numerals" else ("en", "zh")
    body = repr([make(generator, language, 30, "2025-01") for language in languages])
    assert hashlib.sha256(body.encode()).hexdigest()[:12] == DIGESTS[generator]


@pytest.mark.parametrize("generator", ["arithmetic", "dates", "ordering", "programs"])
def test_both_languages_ask_the_same_thing(generator):
    english, chinese = make(generator, "en"), make(generator, "zh")
    assert [item.answer for item in english] == [item.answer for item in chinese]


@pytest.mark.parametrize("edition", ["2025-13", "2025", "25-01", "2025-1", ""])
def test_an_edition_is_a_year_and_month(edition):
    with pytest.raises(UsageError, match="2025-12"):
        make("arithmetic", "en", 3, edition)


def test_too_few_distinct_items_are_told():
    with pytest.raises(UsageError, match="too few"):
        draw_items("one", EDITION, "en", 2, lambda *_: Item("q", "a", "number", "easy"))


def test_lm_eval_gets_a_split_of_plain_columns():
    split = load_items("dates", "en", 5, EDITION, version=1.0)["test"]
    assert len(split) == 5
    assert set(split.column_names) == {"question", "answer", "kind", "level", "checks"}


@pytest.mark.parametrize(("generator", "language"), [pair for pair in SETS if pair[0] != "instructions"])
def test_answers_are_spelled_as_they_are_read(generator, language):
    mark = "答案：" if language == "zh" else "Answer: "
    items = make(generator, language)
    read = read_answers([[f"1 2 3\n{mark}{item.answer}"] for item in items], [{"kind": item.kind} for item in items])
    assert [answer for (answer,) in read] == [item.answer for item in items]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_instructions_can_be_followed_and_are_not_followed_by_accident(language):
    items = make("instructions", language, 150)
    for item in items:
        checks = json.loads(item.checks)
        assert follows(item.answer, checks)
        assert not follows("", checks)
        assert 1 <= len(checks) <= 5
        assert all(instructions.describe(check, language) in item.question for check in checks)
    others = zip(items, items[1:] + items[:1], strict=True)
    crossed = [follows(other.answer, json.loads(item.checks)) for item, other in others]
    assert sum(crossed) < 0.1 * len(items)
    canned = ["Answer: 42", "答案：无", "I cannot help with that.", "{}", "- a", "OK."]
    assert sum(follows(text, json.loads(item.checks)) for item in items for text in canned) < 5


def test_harder_instructions_hold_more_constraints():
    sizes = {level: [] for level in LEVELS}
    for item in make("instructions", "en", 150):
        sizes[item.level].append(len(json.loads(item.checks)))
    assert max(sizes["easy"]) <= 2
    assert max(sizes["medium"]) <= 3
    assert min(sizes["hard"]) >= 4


@given(st.integers(0, 10**12 - 1))
def test_numerals_are_read_back(number):
    text = numerals.write_numeral(number)
    assert read_chinese(text) == number
    assert "零零" not in text
    plain = numerals.write_formal(number).translate(
        str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
    )
    assert read_chinese(plain) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (12, "十二"),
        (110, "一百一十"),
        (1_001, "一千零一"),
        (10_203, "一万零二百零三"),
        (100_000, "十万"),
        (100_000_001, "一亿零一"),
        (1_000_200_030, "十亿零二十万零三十"),
    ],
)
def test_numerals_are_written_as_taught(number, text):
    assert numerals.write_numeral(number) == text


def test_formal_ten_keeps_its_one():
    assert numerals.write_formal(305) == "叁佰零伍"
    assert numerals.write_formal(100_010) == "壹拾万零壹拾"


def test_numerals_with_two_spellings_are_never_asked_for():
    assert not numerals.is_plain(2_003_000)
    assert numerals.is_plain(2_000_300)
    formal = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
    written = [item for item in make("numerals", "zh", 300) if item.kind == "numeral"]
    assert all(numerals.is_plain(read_chinese(item.answer.translate(formal))) for item in written)


def test_guessing_a_letter_is_right_as_often_as_the_floor_says():
    assert sum(1 / size for size in ordering.SIZES.values()) / 3 == pytest.approx(0.18, abs=0.005)
