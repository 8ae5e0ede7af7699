"""Every generated answer, found a second way: by reading the question again and solving it by other means."""

import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from itertools import permutations, product

from collectors.embedded.numerals import read_chinese
from collectors.generators.items import Item

EDITION = "2025-12"


def make(generator: str, language: str, n: int) -> list[Item]:
    return import_module(f"collectors.generators.{generator}").generate(EDITION, language, n)


# Arithmetic, by reading the English story again.


def follow_ledger(text: str) -> int:
    stock = int(re.search(r"starts with (\d+)", text)[1])
    for line in text.split(". ")[1:-1]:
        n = [int(value) for value in re.findall(r"\d+", line)]
        if "trucks bring" in line:
            stock += n[0] * n[1]
        elif "sent out" in line:
            stock -= n[0]
        elif line.startswith("Half"):
            stock -= stock // 2
        elif "percent" in line:
            stock += stock * n[0] // 100
    return stock


def solve_bills(a, b, ab, c, d, cd, x, y) -> int:
    found = [(p, q) for p in range(1, 200) for q in range(1, 200) if a * p + b * q == ab and c * p + d * q == cd]
    assert len(found) == 1
    return x * found[0][0] + y * found[0][1]


def solve_ages(ratio, years, later, _=None) -> int:
    return next(ratio * k for k in range(1, 99) if ratio * k + k + 2 * years == later)


def count_multiples(low, high, p, q, r) -> int:
    return len({k for d in (p, q) for k in range(-(-low // d) * d, high + 1, d)} - set(range(0, high + 1, r)))


STORIES: list[tuple[str, Callable[..., int]]] = [
    (r"has \d+ \w+, buys \d+ more and gives \d+ away", lambda a, b, c: a + b - c),
    (r"A room holds", lambda boxes, each, loose: boxes * each + loose),
    (r"do they have together", lambda a, b: 2 * a + b),
    (r"are shared equally", lambda heap, heads, used: heap // heads - used),
    (r"A shop starts", lambda boxes, each, sold, more: (boxes + more) * each - sold),
    (r"in cash", lambda pieces, price, percent, paid: round(paid - pieces * price * (1 - percent / 100))),
    (r"A truck has to go", lambda way, t1, v1, t2, v2: way - t1 * v1 - t2 * v2),
    (r"times as old as", solve_ages),
    (r"as few buses as possible", lambda people, seats: -(-people // seats) * seats - people),
    (r"pens and \d+ books cost", solve_bills),
    (r"divisible by", count_multiples),
    (r"A tank holds", lambda s, t1, i, o, t2, t3: s + t1 * (i - o) + t2 * (2 * i - o) - 3 * o * t3),
    (r"for overtime", lambda r, h, e, late, fine, y, b: round(r * h + 1.5 * r * e - late * fine + y * b)),
]


def solve_arithmetic(text: str) -> int:
    if text.startswith("A depot"):
        return follow_ledger(text)
    n = [int(value) for value in re.findall(r"\d+", text)]
    if "leaves the remainders" in text:
        return next(k for k in range(n[0] + 1, 10**6) if all(k % m == r for r, m in zip(n[1::2], n[2::2], strict=True)))
    return next(solve for pattern, solve in STORIES if re.search(pattern, text))(*n)


def test_arithmetic_answers_are_right():
    items = make("arithmetic", "en", 300)
    asked = [(item.question.split("\n")[0], int(item.answer)) for item in items]
    assert [(text, solve_arithmetic(text)) for text, _ in asked] == asked
    assert all(any(re.search(pattern, text) for text, _ in asked) for pattern, _ in STORIES)


def test_chinese_stories_hold_the_same_numbers():
    for english, chinese in zip(make("arithmetic", "en", 99), make("arithmetic", "zh", 99), strict=True):
        numbers = [sorted(re.findall(r"\d+", item.question.split("\n")[0])) for item in (english, chinese)]
        extra = {"1"} if "number 1" in english.question else set()
        assert set(numbers[0]) - extra == set(numbers[1]) - extra


# Dates, by counting days from the year 0 with a formula of its own.

MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def count_days(year: int, month: int, day: int) -> int:
    """Return the day's number in the proleptic Gregorian calendar; day 0 was a Wednesday (0000-03-01)."""
    y, m = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1


def name_weekday(number: int) -> str:
    return DAYS[(number + 2) % 7]


def find_date(number: int) -> str:
    year = int(number / 365.2425)
    dates = product(range(year - 1, year + 2), range(1, 13), range(1, 32))
    valid = (f"{y:04}-{m:02}-{d:02}" for y, m, d in dates if count_days(y, m, d) == number)
    return max(valid)


def solve_dates(text: str) -> str:
    written = [
        (int(y), MONTHS.index(m) + 1, int(d)) for d, m, y in re.findall(rf"(\d+) ({'|'.join(MONTHS)}) (\d+)", text)
    ]
    n, spoken = [int(value) for value in re.findall(r"\d+", text)], re.findall("|".join(DAYS), text)
    numbers = [count_days(*date) for date in written]
    if text.startswith("Today"):
        return DAYS[(DAYS.index(spoken[0]) + n[0]) % 7]
    if "neither" in text:
        return str(sum(name_weekday(k) not in DAYS[5:] for k in range(numbers[0], numbers[1] + 1)))
    if text.startswith("How many days pass"):
        return str(numbers[1] - numbers[0])
    if text.startswith("Which date"):
        return find_date(numbers[0] + (n[0] if " after " in text else -n[0]))
    if text.startswith("In the years"):
        months = product(range(n[0], n[1] + 1), range(1, 13))
        long = {1: 31, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
        leap = {y: 29 if y % 4 == 0 and (y % 100 != 0 or y % 400 == 0) else 28 for y in range(n[0], n[1] + 1)}
        hit = [name_weekday(count_days(y, m, n[2])) == spoken[0] for y, m in months if n[2] <= long.get(m, leap[y])]
        return str(sum(hit))
    if text.startswith("Take the"):
        month = MONTHS.index(re.search("|".join(MONTHS), text)[0]) + 1
        first = count_days(n[0], month, 1)
        named = [k for k in range(first, first + 28) if name_weekday(k) == spoken[0]]
        nth = ["first", "second", "third", "fourth"].index(text.split()[2])
        return find_date(named[nth] + 7 * n[1] - n[2])
    return name_weekday(numbers[-1])


def test_dates_are_right():
    asked = [(item.question.split("\n")[0], item.answer) for item in make("dates", "en", 300)]
    assert [(text, solve_dates(text)) for text, _ in asked] == asked


# Ordering, by reading the clues again and trying every order.

PATTERNS: dict[str, Callable[[int, int, int], bool]] = {
    r"(\w+) is number (\d+)(?P<_>) in": lambda a, place, _: a == place,
    r"(\w+) is not number (\d+)(?P<_>) in": lambda a, place, _: a != place,
    r"(\w+) is somewhere ahead of (\w+)(?P<_>)": lambda a, b, _: a < b,
    r"(\w+) is directly behind (\w+)(?P<_>)": lambda a, b, _: a - b == 1,
    r"(\w+) and (\w+)(?P<_>) are next": lambda a, b, _: a - b in (1, -1),
    r"(\w+) and (\w+)(?P<_>) are not next": lambda a, b, _: a - b not in (1, -1),
    r"between (\w+) and (\w+) is exactly (?P<_>\d+)": lambda a, b, k: abs(a - b) == k + 1,
}


def solve_ordering(question: str) -> str:
    options = dict(re.findall(r"^([A-H])\. (\w+)$", question, re.M))
    told, asked = question.split(" is at the front. ")[1].split("\nWho is number ")
    clues = []
    for sentence in told.split(". "):
        (rule, found), *more = [(rule, found) for p, rule in PATTERNS.items() if (found := re.search(p, sentence))]
        assert not more
        clues.append((rule, found[1], found[2], int(found["_"] or 0)))
    names = list(options.values())
    fitting = []
    for order in permutations(names):
        place = {name: number for number, name in enumerate(order, 1)}
        if all(rule(place[a], place[b] if b in place else int(b), k) for rule, a, b, k in clues):
            fitting.append(order)
    assert len(fitting) == 1
    name = fitting[0][int(re.match(r"\d+", asked)[0]) - 1]
    return next(letter for letter, option in options.items() if option == name)


def test_ordering_puzzles_have_one_solution_and_it_is_the_answer():
    for item in make("ordering", "en", 36):
        assert solve_ordering(item.question) == item.answer


def test_programs_print_their_answers_when_python_runs_them():
    sources = [re.search(r"```python\n(.*?)\n```", item.question, re.S)[1] for item in make("programs", "en", 150)]
    whole = "\n".join(f"exec({source!r}, {{}})" for source in sources)
    printed = subprocess.run(
        [sys.executable, "-I", "-c", whole], capture_output=True, text=True, check=True, timeout=60
    )
    assert printed.stdout.split() == [item.answer for item in make("programs", "en", 150)]


# Chinese numerals, by another reader of them.


CHARS = "零一二三四五六七八九十百千万亿"
NUMERAL = re.compile(rf"[{CHARS}]+")


def solve_numerals(text: str) -> str:
    bare = re.sub(r"（[^）]*）|一块|一件|一共|千克|按现行市制", "", text)
    n = [read_chinese(found) for found in NUMERAL.findall(bare)]
    if "阿拉伯数字" in text:
        return str(n[0])
    if text.startswith("把"):
        return re.search(r"\d+", text)[0]
    if "亩产" in text:
        return str((15 * n[0] + n[1]) * n[2] // 2)
    if "斤" in text:
        return str(500 * n[0] + 50 * n[1])
    if "原价" in text:
        return str(n[0] * (10 + n[1]) * n[2] // 100)
    if "石" in text:
        return str(100 * n[0] + 10 * n[1] - n[2] * n[3])
    if "邮递员" in text:
        return str(1000 * n[0] * n[1] + n[2])
    if "积" in text:
        return str(n[0] - n[1] * n[2])
    if "等于多少" in text:
        return str(n[0] + n[1] if "加" in text else n[0] - n[1])
    return str(n[0] * {"打": 12, "双": 2, "旬": 10}[text[len(NUMERAL.match(text)[0])]])


def test_numeral_answers_are_right():
    formal = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
    for item in make("numerals", "zh", 200):
        answer = item.answer if item.kind == "number" else str(read_chinese(item.answer.translate(formal)))
        assert (item.question, answer) == (item.question, solve_numerals(item.question.split("\n")[0]))
