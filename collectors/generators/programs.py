"""What a small Python program prints.

Before: a seeded random source. After: a program put together from blocks that each change one number, and the number
that it prints, had by running it.

The program is ours alone, made of the blocks below, so it is run here; it sees only the few built-ins it needs.
"""

from collections.abc import Callable
from random import Random

from collectors.generators.items import Item, Language, Level, draw_items, pose

BLOCKS_OF: dict[Level, int] = {"easy": 1, "medium": 2, "hard": 4}
BUILTINS = {"len": len, "max": max, "min": min, "range": range, "sorted": sorted, "str": str, "sum": sum, "int": int}
Block = Callable[[Random], list[str]]


def generate(edition: str, language: Language, n: int) -> list[Item]:
    """Return `n` programs, easy (steps and branches), medium (2 blocks with loops), hard (4) in turn."""
    return draw_items("programs", edition, language, n, make_item)


def make_item(random: Random, level: Level, language: Language) -> Item:
    """Return one program of `level` and what it prints."""
    source = write_program(random, level)
    ask = "下面的 Python 程序会输出什么？" if language == "zh" else "What does this Python program print?"
    return pose(f"{ask}\n\n```python\n{source}\n```", run_program(source), "number", level, language)


def write_program(random: Random, level: Level) -> str:
    """Return the source of a program that prints one whole number and surely ends."""
    pool = EASY_BLOCKS if level == "easy" else LOOP_BLOCKS
    lines = [f"n = {random.randint(12, 60)}"]
    for block in random.sample(pool, BLOCKS_OF[level]):
        lines += block(random)
    return "\n".join([*lines, "print(n)"])


def run_program(source: str) -> str:
    """Return what a program of `write_program` prints, as one line."""
    printed: list[str] = []
    exec(source, {"__builtins__": {**BUILTINS, "print": lambda value: printed.append(str(value))}})
    return "\n".join(printed)


def _steps(random: Random) -> list[str]:
    a, b, c = random.randint(3, 9), random.randint(5, 40), random.randint(6, 13)
    return [f"m = n * {a} - {b}", f"n = m // {c} + m % {c}"]


def _branches(random: Random) -> list[str]:
    m, a, b, c = random.randint(3, 7), random.randint(11, 50), random.randint(2, 5), random.randint(20, 150)
    return [f"if n % {m} < {m // 2 + 1}:", f"    n = n + {a}", "else:", f"    n = n * {b}", f"n = {c} - n"]


def _swap(random: Random) -> list[str]:
    a, b, c = random.randint(2, 30), random.randint(2, 5), random.randint(3, 30)
    return [f"m = {a}", "n, m = m, n", f"n = n + m * {b}", f"m = n - {c}", "n = max(n - m, m - n)"]


def _slice(random: Random) -> list[str]:
    values = [random.randint(1, 50) for _ in range(7)]
    start, stop = random.randint(0, 2), random.randint(4, 7)
    return [f"xs = {values}", f"n = n + sum(xs[{start}:{stop}]) - xs[-{random.randint(1, 3)}]"]


def _accumulate(random: Random) -> list[str]:
    a, b, c = random.randint(2, 4), random.randint(9, 14), random.randint(3, 9)
    m, r, k = random.randint(5, 9), random.randint(2, 4), random.randint(2, 7)
    return [
        f"for i in range({a}, {b}):",
        f"    if (i * {k} + n) % {m} < {r}:",
        "        n = n + i",
        "    else:",
        f"        n = n - {c}",
    ]


def _shrink(random: Random) -> list[str]:
    limit, step, boost = random.randint(5, 12), random.randint(3, 7), random.randint(150, 900)
    return [
        f"n = n % {boost} + {boost}",
        "steps = 0",
        f"while n > {limit}:",
        f"    n = n // 2 if n % 2 == 0 else n - {step}",
        "    steps = steps + 1",
        f"n = n * {random.randint(3, 9)} + steps",
    ]


def _comprehend(random: Random) -> list[str]:
    a, m, k = random.randint(3, 9), random.randint(17, 41), random.randint(7, 11)
    p = random.randint(2, 4)
    return [
        f"xs = [(i * {a} + n) % {m} for i in range({k})]",
        f"n = sum(x for x in xs if x % {p} != {random.randrange(p)})",
    ]


def _sort(random: Random) -> list[str]:
    a, m, p = random.randint(5, 13), random.randint(19, 53), random.randint(3, 6)
    return [
        f"ys = sorted([(i * i * {a} + n) % {m} for i in range(8)], key=lambda y: (y % {p}, -y))",
        f"n = ys[{random.randint(0, 3)}] * {random.randint(2, 5)} + ys[-{random.randint(1, 3)}]",
    ]


def _nest(random: Random) -> list[str]:
    a, p, q = random.randint(5, 8), random.randint(2, 4), random.randint(5, 11)
    return [
        f"for i in range({a}):",
        "    for j in range(i):",
        f"        if (i + j) % {p} == 0:",
        "            continue",
        f"        n = n + (i * j + n) % {q}",
    ]


def _count(random: Random) -> list[str]:
    a, p, k = random.randint(3, 9), random.randint(3, 5), random.randint(8, 12)
    return [
        "counts = {}",
        f"for i in range({k}):",
        f"    key = (n + i * i * {a}) % {p}",
        "    counts[key] = counts.get(key, 0) + i",
        "n = n % 50 + max(counts.values()) * 2 - min(counts.values())",
    ]


def _recurse(random: Random) -> list[str]:
    a, b, k = random.randint(2, 3), random.randint(1, 4), random.randint(5, 7)
    return [
        "def f(k):",
        "    if k < 2:",
        f"        return k + {b}",
        f"    return f(k - 1) + {a} * f(k - 2) - k",
        f"n = n % 20 + f({k})",
    ]


def _digits(random: Random) -> list[str]:
    a, b = random.randint(113, 997), random.randint(2, 3)
    return [
        f"text = str((n * {a}) % 100000 + 100000)[::-1]",
        f"n = int(text[{b - 1}:{b + 2}]) + sum(int(c) for c in text)",
    ]


def _iterate(random: Random) -> list[str]:
    m, k = random.randint(37, 97), random.randint(6, 10)
    return [
        f"a, b = n % {m}, {random.randint(1, 9)}",
        f"for _ in range({k}):",
        f"    a, b = b, (a + 2 * b) % {m}",
        "n = a + b",
    ]


EASY_BLOCKS: list[Block] = [_steps, _branches, _swap, _slice]
LOOP_BLOCKS: list[Block] = [
    _accumulate,
    _shrink,
    _comprehend,
    _sort,
    _nest,
    _count,
    _recurse,
    _digits,
    _iterate,
]
