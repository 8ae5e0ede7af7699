"""English constraints that go together, each set with a text that follows it.

Before: a seeded random source. After: a list of checks for `collectors.lm_eval_tasks.constraints`, and one text.
"""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from collectors.generators.items import Level

Made = tuple[list[dict[str, Any]], str]
"""The checks, and a text that follows them."""
Recipe = Callable[[Random], Made]

_LINES = (
    "amber arch birds birch cedar clay dawn dust early earth fern field garden grain hills harbor island iron jade",
    "journey kettle kind lamp linen moon mist north night open orchard paths plain quiet quill river road silver",
    "stone tall tower under upper valley village warm winter young yellow",
)
WORDS = [word for line in _LINES for word in line.split()]
ACROSTICS = ("lantern", "winter", "orchid", "planet", "summit", "marble", "thunder", "village")
KEYWORDS = ("bridge", "copper", "market", "window", "bread", "music")
KEYS = ("title", "mood", "season", "place", "color", "sound", "count", "author")


def _fill(random: Random, lengths: Sequence[int], initials: str = "", avoid: str = "") -> list[list[str]]:
    """Return lines of words with these lengths, line i beginning with letter i of `initials`, none with `avoid`."""
    pool = [word for word in WORDS if not set(avoid) & set(word)]
    lines = [[random.choice(pool) for _ in range(length)] for length in lengths]
    for line, initial in zip(lines, initials, strict=False):
        line[0] = random.choice([word for word in pool if word.startswith(initial)])
    return lines


def _join(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(" ".join(line) for line in lines)


def _choose_letter(random: Random, *words: str) -> str:
    """Return a common letter that no word uses and without which every initial still has a word."""
    fitting = [
        letter
        for letter in "aeilnorst"
        if letter not in "".join(words)
        and all(any(w[0] == sign and letter not in w for w in WORDS) for word in words for sign in word)
    ]
    return random.choice(fitting or ["z"])


def say_count(random: Random) -> Made:
    """A number of words."""
    n = random.randint(9, 24)
    return [{"rule": "word_count", "n": n}], _join(_fill(random, [n]))


def say_case(random: Random) -> Made:
    """Capitals only, or none, in so many words or more."""
    rule, n = random.choice(["upper", "lower"]), random.randint(8, 20)
    text = _join(_fill(random, [n]))
    return [{"rule": rule}, {"rule": "min_words", "n": n}], text.upper() if rule == "upper" else text


def say_bullets(random: Random) -> Made:
    """A list of so many lines."""
    n = random.randint(3, 7)
    return [{"rule": "bullets", "n": n}], "\n".join(f"- {' '.join(line)}" for line in _fill(random, [3] * n))


def say_keyword(random: Random) -> Made:
    """A word so many times."""
    word, n = random.choice(KEYWORDS), random.randint(2, 4)
    return [{"rule": "includes", "word": word, "n": n}], " ".join([*[word] * n, *_fill(random, [6])[0]])


def say_keys(random: Random) -> Made:
    """A JSON object with these keys."""
    keys = random.sample(KEYS, 3)
    return [{"rule": "json_keys", "keys": keys}], json.dumps({key: "calm" for key in keys})


def say_grid(random: Random) -> Made:
    """So many lines of so many words."""
    lines, words = random.randint(4, 7), random.randint(3, 6)
    checks = [{"rule": "line_count", "n": lines}, {"rule": "words_per_line", "n": words}]
    return checks, _join(_fill(random, [words] * lines))


def say_ending(random: Random) -> Made:
    """A number of words, the last one given, without commas."""
    n, word = random.randint(14, 28), random.choice(KEYWORDS)
    checks = [{"rule": "word_count", "n": n}, {"rule": "ends_with", "word": word}, {"rule": "without", "signs": [","]}]
    return checks, " ".join([*_fill(random, [n - 1])[0], word])


def say_object(random: Random) -> Made:
    """A JSON object, one of its values a text of so many words."""
    keys, n = random.sample(KEYS, 4), random.randint(5, 11)
    checks = [{"rule": "json_keys", "keys": keys}, {"rule": "json_words", "key": keys[1], "n": n}]
    text = _join(_fill(random, [n]))
    return checks, json.dumps({key: text if key == keys[1] else "calm" for key in keys})


def say_lower_bullets(random: Random) -> Made:
    """A list without capitals and without one letter."""
    n, letter = random.randint(4, 6), _choose_letter(random)
    checks = [{"rule": "bullets", "n": n}, {"rule": "lower"}, {"rule": "without", "signs": [letter]}]
    return checks, "\n".join(f"- {' '.join(line)}" for line in _fill(random, [4] * n, avoid=letter))


def say_acrostic(random: Random) -> Made:
    """An acrostic of equally long lines, without one letter, without capitals."""
    word, n = random.choice(ACROSTICS), random.randint(4, 6)
    letter = _choose_letter(random, word)
    checks = [
        {"rule": "acrostic", "word": word},
        {"rule": "words_per_line", "n": n},
        {"rule": "without", "signs": [letter, ","]},
        {"rule": "lower"},
    ]
    return checks, _join(_fill(random, [n] * len(word), word, letter))


def say_staircase(random: Random) -> Made:
    """Lines that grow by a word each, with a keyword, without one letter, without capitals."""
    n, word = random.randint(6, 8), random.choice(KEYWORDS)
    letter = _choose_letter(random, word)
    checks = [
        {"rule": "words_staircase", "n": n},
        {"rule": "includes", "word": word, "n": 2},
        {"rule": "without", "signs": [letter, ","]},
        {"rule": "lower"},
    ]
    lines = _fill(random, range(1, n + 1), avoid=letter)
    lines[2][1] = lines[4][3] = word
    return checks, _join(lines)


def say_lipogram(random: Random) -> Made:
    """A long text of counted words with a keyword thrice, first and last word given, without one letter."""
    (first, last, word), n = random.sample(KEYWORDS, 3), random.randint(32, 48)
    letter = _choose_letter(random, first, last, word) if random.random() < 0.5 else "z"
    checks = [
        {"rule": "word_count", "n": n},
        {"rule": "starts_with", "word": first},
        {"rule": "ends_with", "word": last},
        {"rule": "includes", "word": word, "n": 3},
        {"rule": "without", "signs": [letter]},
    ]
    return checks, " ".join([first, *[word] * 3, *_fill(random, [n - 5], avoid=letter)[0], last])


def say_record(random: Random) -> Made:
    """A JSON object with a counted text and a list of numbers that sum to a total, without capitals."""
    keys, n, size = random.sample(KEYS, 5), random.randint(7, 13), random.randint(5, 8)
    values = sorted(random.sample(range(3, 90), size))
    checks = [
        {"rule": "json_keys", "keys": keys},
        {"rule": "json_words", "key": keys[0], "n": n},
        {"rule": "json_sum", "key": keys[3], "n": size, "total": sum(values)},
        {"rule": "lower"},
    ]
    body = {key: "calm" for key in keys} | {keys[0]: _join(_fill(random, [n])), keys[3]: values}
    return checks, json.dumps(body)


RECIPES: dict[Level, list[Recipe]] = {
    "easy": [say_count, say_case, say_bullets, say_keyword, say_keys],
    "medium": [say_grid, say_ending, say_object, say_lower_bullets],
    "hard": [say_acrostic, say_staircase, say_lipogram, say_record],
}
