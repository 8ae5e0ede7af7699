"""Sentences that keep their parts: English as they stand, whole again after JSON, told in the reader's words."""

import json
from datetime import date

import pytest

from collectors.entries import Text
from dashboard.i18n import use_language
from dashboard.words import explain_guards, name_guard, say
from warehouse.phrases import Phrase, Told, dump_phrases, get_message, load_phrases

STALE = Phrase(
    "the newest {cohort} model tested is {age} days old, limit {limit}", cohort="frontier", age=190, limit=182
)


def test_a_phrase_is_its_english_sentence():
    assert STALE == "the newest frontier model tested is 190 days old, limit 182"
    assert json.loads(json.dumps({"reason": STALE}))["reason"] == STALE
    assert Phrase("nothing was measured") == "nothing was measured"


def test_a_document_comes_back_with_its_parts():
    inner = Phrase("outside the claimed range, but not {label}", label=Phrase("on Epoch AI's index"))
    text = Told(Text(en="Like: no gap", zh="相当"))
    found = load_phrases(dump_phrases({"reason": inner, "notes": [STALE], "reading": text, "other": [None, 1.5, "x"]}))
    assert found == {"reason": inner, "notes": [STALE], "reading": "Like: no gap", "other": [None, 1.5, "x"]}
    with use_language("zh"):
        assert say(found["reason"]) == "在所称范围之外，但按 Epoch AI 的指数则不然"
        assert say(found["notes"][0]) == "最新受测的前沿模型发布已 190 天，上限为 182 天"
        assert say(found["reading"]) == "相当"


def test_days_and_ids_in_a_phrase_are_named():
    phrase = Phrase(
        "the release date of {model} is known only as on or before {day}", model="a/b", day=date(2026, 1, 7)
    )
    assert say(phrase) == "the release date of a/b is known only as on or before 2026-01-07"
    with use_language("zh"):
        assert say(phrase, {"a/b": "甲模型"}) == "甲模型的发布日期仅知不晚于2026年1月7日"


def test_what_has_no_parts_is_said_as_it_is():
    assert say("plain") == "plain"
    assert say(Told(Text(en="only English"))) == "only English"
    with use_language("zh"):
        assert say(Told(Text(en="only English"))) == "only English"


def test_an_error_keeps_the_parts_that_it_was_given():
    assert get_message(ValueError(STALE)) is STALE
    assert get_message(ValueError("plain", 3)) == "('plain', 3)"


@pytest.mark.parametrize(
    ("language", "short", "long"),
    [
        ("en", "DeepSeek: no recent model", "the newest DeepSeek model tested is 190 days old, limit 182"),
        ("zh", "DeepSeek：近期没有模型受测", "最新受测的 DeepSeek 模型发布已 190 天，上限为 182 天"),
    ],
)
def test_a_guard_names_the_cohorts_that_were_compared(language, short, long):
    guard = {"code": "stale", "bloc": "domestic", "message": STALE.replace_values(cohort="domestic")}
    with use_language(language):
        assert name_guard("stale", "domestic", ("DeepSeek", "OpenAI")) == short
        assert explain_guards([guard], ("DeepSeek", "OpenAI")) == long
