"""The hard arithmetic stories: many steps, unknowns, remainders.

Before: a seeded random source. After: a `Problem` whose answer comes from following the story or from trying all
numbers, never from a formula that the question itself gives away.
"""

from collections.abc import Callable
from random import Random

from collectors.generators.words import PEOPLE, Problem

MIN_STOCK = 300
"""Below this many crates the next entry is an arrival, so that no ledger runs dry."""


def tell_ledger(random: Random) -> Problem:
    """A stock followed through ten to fourteen entries, some of which do not touch it."""
    stock = 2 * random.randint(1_000, 4_000)
    lines, lines_zh = [f"A depot starts with {stock} crates."], [f"一个仓库起初有{stock}箱货。"]
    for _ in range(random.randint(10, 14)):
        entry = _arrive if stock < MIN_STOCK else random.choice(_ENTRIES)
        line, line_zh, stock = entry(random, stock)
        lines.append(line)
        lines_zh.append(line_zh)
    ask, ask_zh = "How many crates does the depot hold at the end?", "最后仓库里有多少箱货？"
    return Problem(" ".join([*lines, ask]), "".join([*lines_zh, ask_zh]), stock)


def _arrive(random: Random, stock: int) -> tuple[str, str, int]:
    trucks, each = random.randint(3, 19), random.randint(27, 96)
    line = f"{trucks} trucks bring {each} crates each."
    return line, f"{trucks}辆卡车各运来{each}箱。", stock + trucks * each


def _leave(random: Random, stock: int) -> tuple[str, str, int]:
    sent = random.randint(stock // 9 + 1, stock // 3 + 2)
    return f"{sent} crates are sent out.", f"发出{sent}箱。", stock - sent


def _halve(_: Random, stock: int) -> tuple[str, str, int]:
    line = "Half of the crates, rounded down, go to another depot."
    return line, "把其中一半（向下取整）转到另一个仓库。", stock - stock // 2


def _grow(random: Random, stock: int) -> tuple[str, str, int]:
    percent = random.choice([10, 20, 25, 40])
    line = f"A delivery of {percent} percent of what is there, rounded down, arrives."
    return line, f"又运来相当于现有数量{percent}%（向下取整）的货。", stock + stock * percent // 100


def _distract(random: Random, stock: int) -> tuple[str, str, int]:
    crates, row = random.randint(40, 400), random.randint(3, 30)
    line = f"{crates} crates are moved from row {row} to row {row + 1} of the same depot."
    return line, f"把{crates}箱从仓库的第{row}排移到第{row + 1}排。", stock


_ENTRIES = [_arrive, _leave, _halve, _grow, _distract]


def tell_prices(random: Random) -> Problem:
    """Two prices from two bills."""
    pen, book = random.randint(12, 58), random.randint(61, 140)
    a, b, c, d = 3, 2, 5, 4
    while a * d == b * c or (a, b) == (3, 2):
        a, b, c, d = (random.randint(3, 14) for _ in range(4))
    x, y = random.randint(11, 29), random.randint(11, 29)
    return Problem(
        f"{a} pens and {b} books cost {a * pen + b * book} yuan. {c} pens and {d} books cost {c * pen + d * book} "
        f"yuan. How many yuan do {x} pens and {y} books cost?",
        f"{a}支钢笔和{b}本书共{a * pen + b * book}元，{c}支钢笔和{d}本书共{c * pen + d * book}元。"
        f"{x}支钢笔和{y}本书共多少元？",
        x * pen + y * book,
    )


def tell_remainders(random: Random) -> Problem:
    """The smallest number above a bound that leaves three given remainders."""
    moduli = random.sample([7, 9, 11, 13, 16, 17], 3)
    hidden, bound = random.randint(500, 5_000), random.randint(1_000, 3_000)
    rests = [hidden % modulus for modulus in moduli]
    answer = bound + 1
    while [answer % modulus for modulus in moduli] != rests:
        answer += 1
    en = ", ".join(f"{rest} when divided by {modulus}" for rest, modulus in zip(rests, moduli, strict=True))
    zh = "，".join(f"除以{modulus}余{rest}" for rest, modulus in zip(rests, moduli, strict=True))
    return Problem(
        f"What is the smallest whole number greater than {bound} that leaves the remainders {en}?",
        f"大于{bound}且满足下列条件的最小整数是多少：{zh}？",
        answer,
    )


def tell_multiples(random: Random) -> Problem:
    """How many numbers of a range two divisors hit and a third does not."""
    low, width = random.randint(200, 2_000), random.randint(700, 4_000)
    p, q, r = random.sample([6, 7, 8, 9, 10, 11, 13, 14, 15], 3)
    high = low + width
    answer = sum((k % p == 0 or k % q == 0) and k % r != 0 for k in range(low, high + 1))
    return Problem(
        f"How many whole numbers from {low} to {high}, both included, are divisible by {p} or by {q}, but not by {r}?",
        f"从{low}到{high}（含两端）的整数中，能被{p}或{q}整除、但不能被{r}整除的有多少个？",
        answer,
    )


def tell_tank(random: Random) -> Problem:
    """A tank under an inflow and a leak that both change."""
    start, inflow, leak = random.randint(400, 900), random.randint(41, 97), random.randint(11, 38)
    first, second, third = (random.randint(17, 49) for _ in range(3))
    after = start + first * (inflow - leak) + second * (2 * inflow - leak) - third * 3 * leak
    while after <= 0:
        start += 1_000
        after += 1_000
    return Problem(
        f"A tank holds {start} litres. For {first} minutes {inflow} litres a minute flow in and {leak} leak out. "
        f"Then the inflow is doubled for {second} minutes, the leak staying the same. Then the inflow is shut and the "
        f"leak is three times as strong for {third} minutes. How many litres are in the tank at the end?",
        f"一个水箱里有{start}升水。先有{first}分钟，每分钟流入{inflow}升、漏出{leak}升。接着流入量加倍，持续{second}分钟，"
        f"漏水量不变。然后关闭进水，漏水量变为原来的三倍，持续{third}分钟。最后水箱里有多少升水？",
        after,
    )


def tell_wages(random: Random) -> Problem:
    """A month's pay with overtime, a bonus by rank and a deduction."""
    name, name_zh = random.choice(PEOPLE)
    rate, hours, extra = 2 * random.randint(12, 40), random.randint(150, 176), random.randint(9, 37)
    late, fine, years, bonus = (
        random.randint(2, 9),
        random.randint(15, 60),
        random.randint(2, 17),
        random.randint(31, 95),
    )
    pay = rate * hours + rate * 3 // 2 * extra - late * fine + years * bonus
    return Problem(
        f"{name} earns {rate} yuan an hour and one and a half times that for overtime. This month has {hours} normal "
        f"hours and {extra} hours of overtime. For each of {late} late arrivals {fine} yuan are deducted, and for each "
        f"of {years} years of service {bonus} yuan are added. How many yuan does {name} get this month?",
        f"{name_zh}每小时工资{rate}元，加班按一倍半计算。本月正常工作{hours}小时，加班{extra}小时。迟到{late}次，每次扣{fine}元；"
        f"工龄{years}年，每年加{bonus}元。{name_zh}本月应得多少元？",
        pay,
    )


STORIES: list[Callable[[Random], Problem]] = [
    tell_ledger,
    tell_ledger,
    tell_prices,
    tell_remainders,
    tell_multiples,
    tell_tank,
    tell_wages,
]
