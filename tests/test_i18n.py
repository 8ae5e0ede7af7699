"""Words in English and Chinese: catalogue and code in step, places alike, names and days as readers write them."""

import re
import string
from datetime import date

import pytest

from dashboard.charts.anatomy import wrap_text
from dashboard.i18n import LANGUAGES, format_day, get_language, pick_name, say_number, set_language, t, tn, use_language
from dashboard.i18n.catalogue import find_messages, list_messages, read_catalogue
from dashboard.theme import measure_text

CHINESE = read_catalogue("zh")
HAN = re.compile("[\u3400-\u9fff]")


def get_places(text):
    """Return the places of a message with their formats, e.g. `{months:.1f}`; Plotly's `%{x}` among them."""
    return sorted((name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None)


def test_every_message_is_in_the_catalogue_and_nothing_else():
    keys = list_messages()
    assert sorted(map(str, keys - set(CHINESE))) == []
    assert sorted(map(str, set(CHINESE) - keys)) == []


def test_every_message_is_translated():
    assert [key for key, text in CHINESE.items() if not text] == []


def test_both_sides_have_the_same_places():
    plural = {key: key if isinstance(key, str) else key[1] for key in CHINESE}
    assert [key for key, text in CHINESE.items() if get_places(text) != get_places(plural[key])] == []


def test_chinese_is_set_with_chinese_marks():
    for key, text in CHINESE.items():
        bare = re.sub(r"`[^`]*`|https?://\S+|\{[^}]*\}", "x", text)
        assert not re.search(r"[\u3400-\u9fff][,;:?!()]|[,;?!()][\u3400-\u9fff]", bare), f"half-width mark: {key}"
        assert not re.search(r"[，。；：、（）]\s+[^*\-`\s]", bare.replace("\n", "")), (
            f"space after a full-width mark: {key}"
        )


def test_markup_is_the_same_on_both_sides():
    for key, text in CHINESE.items():
        source = key if isinstance(key, str) else key[1]
        for mark in ("**", "<b>", "</b>", "<br>", "`", "\n- "):
            assert text.count(mark) == source.count(mark), (key, mark)


def test_a_key_that_no_translator_can_find_is_refused():
    with pytest.raises(ValueError):
        list(find_messages("t(f'{n} models')"))


def test_messages_are_found_with_their_plurals():
    assert list(find_messages("t('a' 'b', n=1); tn('{n} model', '{n} models', n); other('c')")) == [
        "ab",
        ("{n} model", "{n} models"),
    ]


def test_the_language_holds_for_a_block_and_an_unknown_one_is_english():
    assert get_language() == "en" and t("Overview") == "Overview"
    with use_language("zh"):
        assert t("Capability index") == "能力指数"
        with use_language("fr"):
            assert t("Overview") == "Overview"
        assert get_language() == "zh"
    assert get_language() == "en"
    set_language("zh")
    assert HAN.search(t("Overview"))
    set_language("en")


def test_places_are_filled_and_plurals_follow_the_number():
    assert [tn("{n} model", "{n} models", n) for n in (1, 2)] == ["1 model", "2 models"]
    with use_language("zh"):
        assert [tn("{n} model", "{n} models", n) for n in (1, 2)] == ["1 个模型", "2 个模型"]
        assert t("{months:.1f} months", months=7.94) == "7.9 个月"


def test_numbers_in_sentences_have_the_minus_of_the_axes_and_nothing_is_minus_zero():
    assert t("{months:.1f} months", months=-3.14) == "−3.1 months"
    assert t("{months:.1f} months", months=-0.04) == "0.0 months"
    assert [say_number(value) for value in (-2.0, 2.0)] == ["−2.0", "2.0"]


def test_chinese_sets_no_space_between_its_characters_or_beside_its_marks():
    match = "{model}, after {months:.1f} months, by {match} ({date})"
    with use_language("zh"):
        said = [t(match, model="GPT-4", months=1.0, match=name, date="某日") for name in ("甲模型", "Kimi K2")]
    assert said == ["GPT-4：1.0 个月后被甲模型追平（某日）", "GPT-4：1.0 个月后被 Kimi K2 追平（某日）"]


@pytest.mark.parametrize(
    ("row", "english", "chinese"),
    [
        ({"name_en": "Mathematics", "name_zh": "数学"}, "Mathematics", "数学"),
        ({"name_en": "GPT-5", "name_zh": None}, "GPT-5", "GPT-5"),
        ({"name_en": "GPT-5", "name_zh": float("nan")}, "GPT-5", "GPT-5"),
        ({"name_en": "GPT-5"}, "GPT-5", "GPT-5"),
    ],
)
def test_a_name_is_in_the_readers_language_where_it_has_one(row, english, chinese):
    assert pick_name(row) == english
    with use_language("zh"):
        assert pick_name(row) == chinese


def test_days_are_written_as_readers_write_them():
    assert format_day(date(2026, 1, 7)) == format_day("2026-01-07") == "2026-01-07"
    with use_language("zh"):
        assert format_day(date(2026, 1, 7)) == format_day("2026-01-07") == "2026年1月7日"


def test_chinese_lines_break_between_characters_and_never_before_a_closing_mark():
    text = "当前落后时间：自前沿模型首次达到国内最佳模型水平至今的时间（按月计），来源 Epoch AI。"
    for width in range(60, 400, 7):
        lines = wrap_text(text, width, 12)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line[0] in "，。；：、）》" for line in lines)
        assert not any(line.rstrip()[-1] in "（《" for line in lines)
        assert all(measure_text(line.rstrip(), 12) <= max(width, 60) for line in lines)


def test_english_lines_break_at_spaces_only():
    assert wrap_text("one two three", 50, 12) == ["one two ", "three"] or wrap_text("one two three", 50, 12) == [
        "one two",
        "three",
    ]


def test_every_language_but_the_source_has_a_catalogue():
    assert [language for language in LANGUAGES if language != "en"] == ["zh"]
