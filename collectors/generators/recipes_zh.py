"""Chinese constraints that go together, each set with a text that follows it.

Before: a seeded random source. After: a list of checks for `collectors.lm_eval_tasks.constraints`, and one text.
"""

import json
from collections.abc import Sequence
from random import Random

from collectors.generators.items import Level
from collectors.generators.recipes_en import Made, Recipe

SIGNS = "山水风云雨雪花鸟鱼虫春夏秋冬天地日月星光江河湖海松竹梅兰早晚远近高低红绿青蓝"
ACROSTICS = ("春暖花开", "山高水长", "清风明月", "海阔天空", "柳暗花明", "千里之行", "万紫千红")
KEYWORDS = ("小路", "灯火", "书包", "茶杯", "朋友", "故乡")
KEYS = ("标题", "心情", "季节", "地点", "颜色", "声音", "数量", "作者")
COMMAS = ["，", "、"]
FORBIDDEN = ("的", "了", "是", "在", "我", "一")


def _fill(random: Random, lengths: Sequence[int]) -> list[str]:
    return ["".join(random.choice(SIGNS) for _ in range(length)) for length in lengths]


def say_count(random: Random) -> Made:
    """A number of characters."""
    n = random.randint(12, 30)
    return [{"rule": "han_count", "n": n}], _fill(random, [n])[0] + "。"


def say_without(random: Random) -> Made:
    """A character that must not appear, in so many characters or more."""
    sign, n = random.choice(FORBIDDEN), random.randint(20, 50)
    return [{"rule": "without", "signs": [sign]}, {"rule": "min_han", "n": n}], _fill(random, [n])[0] + "。"


def say_bullets(random: Random) -> Made:
    """A list of so many lines."""
    n = random.randint(3, 7)
    return [{"rule": "bullets", "n": n}], "\n".join(f"- {line}" for line in _fill(random, [5] * n))


def say_keyword(random: Random) -> Made:
    """A word so many times."""
    word, n = random.choice(KEYWORDS), random.randint(2, 4)
    return [{"rule": "includes", "word": word, "n": n}], "，".join([word] * n) + _fill(random, [6])[0]


def say_keys(random: Random) -> Made:
    """A JSON object with these keys."""
    keys = random.sample(KEYS, 3)
    return [{"rule": "json_keys", "keys": keys}], json.dumps({key: "平静" for key in keys}, ensure_ascii=False)


def say_grid(random: Random) -> Made:
    """So many lines of so many characters."""
    lines, signs = random.randint(4, 8), random.choice([5, 6, 7, 8, 9])
    checks = [{"rule": "line_count", "n": lines}, {"rule": "han_per_line", "n": signs}]
    return checks, "\n".join(_fill(random, [signs] * lines))


def say_ending(random: Random) -> Made:
    """A number of characters, the last ones given, without commas."""
    n, word = random.randint(20, 40), random.choice(KEYWORDS)
    checks = [{"rule": "han_count", "n": n}, {"rule": "ends_with", "word": word}, {"rule": "without", "signs": COMMAS}]
    return checks, _fill(random, [n - len(word)])[0] + word + "。"


def say_object(random: Random) -> Made:
    """A JSON object, one of its values a text of so many characters."""
    keys, n = random.sample(KEYS, 4), random.randint(8, 18)
    checks = [{"rule": "json_keys", "keys": keys}, {"rule": "json_words", "key": keys[1], "n": n}]
    body = {key: "平静" for key in keys} | {keys[1]: _fill(random, [n])[0]}
    return checks, json.dumps(body, ensure_ascii=False)


def say_bullets_without(random: Random) -> Made:
    """A list of equally long lines without one character."""
    n, signs, sign = random.randint(4, 6), random.randint(6, 10), random.choice(FORBIDDEN)
    checks = [
        {"rule": "bullets", "n": n},
        {"rule": "han_per_line", "n": signs},
        {"rule": "without", "signs": [sign]},
    ]
    return checks, "\n".join(f"- {line}" for line in _fill(random, [signs] * n))


def say_acrostic(random: Random) -> Made:
    """An acrostic of equally long lines with a keyword once, without one character."""
    word, n, keyword = random.choice(ACROSTICS), random.choice([7, 8, 9, 11]), random.choice(KEYWORDS)
    checks = [
        {"rule": "acrostic", "word": word},
        {"rule": "han_per_line", "n": n},
        {"rule": "includes", "word": keyword, "n": 1},
        {"rule": "without", "signs": [random.choice(FORBIDDEN), *COMMAS]},
    ]
    lines = [first + rest for first, rest in zip(word, _fill(random, [n - 1] * len(word)), strict=True)]
    return checks, "\n".join([lines[0][: n - 2] + keyword, *lines[1:]])


def say_staircase(random: Random) -> Made:
    """Lines that grow by a character each, with a keyword twice, without two characters."""
    n, word = random.randint(7, 10), random.choice(KEYWORDS)
    checks = [
        {"rule": "han_staircase", "n": n},
        {"rule": "includes", "word": word, "n": 2},
        {"rule": "without", "signs": [*random.sample(FORBIDDEN, 2), *COMMAS]},
        {"rule": "ends_with", "word": word},
    ]
    lines = _fill(random, range(1, n + 1))
    lines[3], lines[-1] = lines[3][:2] + word, lines[-1][:-2] + word
    return checks, "\n".join(lines)


def say_long(random: Random) -> Made:
    """A long text of counted characters with a keyword thrice, beginning and end given, without three characters."""
    (first, last, word), n = random.sample(KEYWORDS, 3), random.randint(60, 99)
    checks = [
        {"rule": "han_count", "n": n},
        {"rule": "starts_with", "word": first},
        {"rule": "ends_with", "word": last},
        {"rule": "includes", "word": word, "n": 3},
        {"rule": "without", "signs": random.sample(FORBIDDEN, 3)},
    ]
    return checks, first + word * 3 + _fill(random, [n - 10])[0] + last + "。"


def say_record(random: Random) -> Made:
    """A JSON object with a counted text and a list of numbers that sum to a total, without one character."""
    keys, n, size = random.sample(KEYS, 5), random.randint(11, 24), random.randint(5, 8)
    values = sorted(random.sample(range(3, 90), size))
    checks = [
        {"rule": "json_keys", "keys": keys},
        {"rule": "json_words", "key": keys[0], "n": n},
        {"rule": "json_sum", "key": keys[3], "n": size, "total": sum(values)},
        {"rule": "without", "signs": [random.choice(FORBIDDEN)]},
    ]
    body = {key: "平静" for key in keys} | {keys[0]: _fill(random, [n])[0], keys[3]: values}
    return checks, json.dumps(body, ensure_ascii=False)


RECIPES: dict[Level, list[Recipe]] = {
    "easy": [say_count, say_without, say_bullets, say_keyword, say_keys],
    "medium": [say_grid, say_ending, say_object, say_bullets_without],
    "hard": [say_acrostic, say_staircase, say_long, say_record],
}
