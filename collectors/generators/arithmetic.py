"""Arithmetic word problems, from two steps with small numbers to long ledgers and remainders.

Before: a seeded random source. After: a problem in English or Chinese, and its answer as the story computes it.
"""

from collections.abc import Callable
from random import Random

from collectors.generators import arithmetic_hard
from collectors.generators.items import Item, Language, Level, draw_items, pose
from collectors.generators.words import GOODS, PEOPLE, Problem


def generate(edition: str, language: Language, n: int) -> list[Item]:
    """Return `n` arithmetic word problems, easy, medium, hard in turn."""
    return draw_items("arithmetic", edition, language, n, make_item)


def make_item(random: Random, level: Level, language: Language) -> Item:
    """Return one problem of `level`, drawn from its stories."""
    problem = random.choice(STORIES[level])(random)
    return pose(problem.text(language), problem.answer, "number", level, language)


def tell_purchase(random: Random) -> Problem:
    """Somebody has some, gets more and gives some away."""
    (name, name_zh), (goods, goods_zh) = random.choice(PEOPLE), random.choice(GOODS)
    had, got = random.randint(15, 90), random.randint(11, 80)
    gave = random.randint(5, had + got - 5)
    return Problem(
        f"{name} has {had} {goods}, buys {got} more and gives {gave} away. How many {goods} does {name} have left?",
        f"{name_zh}有{had}{goods_zh}，又买了{got}{goods_zh[0]}，然后送出{gave}{goods_zh[0]}。{name_zh}还剩多少{goods_zh}？",
        had + got - gave,
    )


def tell_boxes(random: Random) -> Problem:
    """Equal boxes and some loose pieces."""
    goods, goods_zh = random.choice(GOODS)
    boxes, each, loose = random.randint(4, 12), random.randint(6, 15), random.randint(3, 40)
    return Problem(
        f"A room holds {boxes} boxes with {each} {goods} each, and {loose} {goods} that are loose. "
        f"How many {goods} are there in all?",
        f"房间里有{boxes}个箱子，每个箱子装{each}{goods_zh}，另外还有{loose}{goods_zh}没有装箱。一共有多少{goods_zh}？",
        boxes * each + loose,
    )


def tell_comparison(random: Random) -> Problem:
    """Two people, one of whom has so many more."""
    (one, one_zh), (other, other_zh) = random.sample(PEOPLE, 2)
    goods, goods_zh = random.choice(GOODS)
    has, more = random.randint(20, 150), random.randint(6, 90)
    return Problem(
        f"{one} has {has} {goods}. {other} has {more} more {goods} than {one}. How many {goods} do they have together?",
        f"{one_zh}有{has}{goods_zh}，{other_zh}比{one_zh}多{more}{goods_zh[0]}。两人一共有多少{goods_zh}？",
        has + has + more,
    )


def tell_sharing(random: Random) -> Problem:
    """A heap shared equally, of whose share some is used."""
    (name, name_zh), (goods, goods_zh) = random.choice(PEOPLE), random.choice(GOODS)
    sharers, share = random.randint(3, 9), random.randint(8, 25)
    used = random.randint(2, share - 2)
    return Problem(
        f"{sharers * share} {goods} are shared equally among {sharers} children. {name} is one of them and uses {used} "
        f"of that share. How many {goods} does {name} have left?",
        f"把{sharers * share}{goods_zh}平均分给{sharers}个孩子，{name_zh}是其中之一，"
        f"用掉了自己那份中的{used}{goods_zh[0]}。{name_zh}还剩多少{goods_zh}？",
        share - used,
    )


def tell_stock(random: Random) -> Problem:
    """A shop's stock over two deliveries and a sale."""
    goods, goods_zh = random.choice(GOODS)
    boxes, each, more = random.randint(12, 40), random.randint(18, 48), random.randint(3, 11)
    sold = random.randint(50, boxes * each - 20)
    return Problem(
        f"A shop starts the day with {boxes} boxes of {each} {goods} each. It sells {sold} {goods} before noon, and in "
        f"the afternoon {more} further boxes of the same size arrive. How many {goods} does the shop hold at the end?",
        f"一家商店早上有{boxes}箱货，每箱{each}{goods_zh}。上午卖出{sold}{goods_zh[0]}，下午又运来{more}箱同样大小的货。"
        f"最后商店里有多少{goods_zh}？",
        boxes * each - sold + more * each,
    )


def tell_discount(random: Random) -> Problem:
    """The change from a bill after a percentage is taken off."""
    name, name_zh = random.choice(PEOPLE)
    price, pieces = 20 * random.randint(2, 15), random.randint(3, 9)
    percent = random.choice([5, 10, 15, 20, 25, 30, 35])
    due = price * pieces * (100 - percent) // 100
    paid = (due // 500 + 1) * 500
    return Problem(
        f"{name} buys {pieces} chairs at {price} yuan each. The bill is reduced by {percent} percent. {name} pays with "
        f"{paid} yuan in cash. How many yuan of change does {name} get?",
        f"{name_zh}买了{pieces}把椅子，每把{price}元，总价降低{percent}%。{name_zh}付了{paid}元现金，应找回多少元？",
        paid - due,
    )


def tell_trip(random: Random) -> Problem:
    """Two stretches at two speeds, of a longer way."""
    fast, slow = random.randint(70, 120), random.randint(30, 65)
    first, second = random.randint(2, 6), random.randint(2, 7)
    rest = random.randint(15, 180)
    whole = fast * first + slow * second + rest
    return Problem(
        f"A truck has to go {whole} km. It drives {first} hours at {fast} km per hour, then {second} hours at "
        f"{slow} km per hour. How many km are still to go?",
        f"一辆卡车要走{whole}千米。它先以每小时{fast}千米行驶{first}小时，"
        f"再以每小时{slow}千米行驶{second}小时。还剩多少千米？",
        rest,
    )


def tell_ages(random: Random) -> Problem:
    """The ages of two people from their ratio now and their sum later."""
    (one, one_zh), (other, other_zh) = random.sample(PEOPLE, 2)
    ratio, young, years = random.randint(2, 6), random.randint(4, 14), random.randint(3, 15)
    later = young * (ratio + 1) + 2 * years
    return Problem(
        f"{one} is {ratio} times as old as {other}. In {years} years their ages will add up to {later}. "
        f"How old is {one} now?",
        f"{one_zh}的年龄是{other_zh}的{ratio}倍。{years}年后两人的年龄之和是{later}岁。{one_zh}现在多少岁？",
        young * ratio,
    )


def tell_buses(random: Random) -> Problem:
    """How many buses a crowd fills, and how many seats stay empty in the last."""
    seats, people = random.randint(28, 55), random.randint(300, 900)
    empty = -people % seats
    return Problem(
        f"{people} people travel in buses of {seats} seats each, as few buses as possible. How many seats stay empty?",
        f"{people}人乘坐大巴，每辆大巴有{seats}个座位，要求用的车最少。一共空出多少个座位？",
        empty,
    )


STORIES: dict[Level, list[Callable[[Random], Problem]]] = {
    "easy": [tell_purchase, tell_boxes, tell_comparison, tell_sharing],
    "medium": [tell_stock, tell_discount, tell_trip, tell_ages, tell_buses],
    "hard": arithmetic_hard.STORIES,
}
