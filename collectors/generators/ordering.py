"""Ordering puzzles: people in a queue, clues about their places, exactly one order that fits.

Before: a seeded random source. After: a puzzle in English or Chinese whose clues leave one order of all, as trying
every order shows; the answer is the option letter of the person at the place asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from random import Random

from collectors.generators.items import Item, Language, Level, draw_items, pose
from collectors.generators.words import PEOPLE

Order = tuple[int, ...]
"""Each person's place, counted from 0."""
SIZES: dict[Level, int] = {"easy": 4, "medium": 6, "hard": 8}


@dataclass(frozen=True)
class Clue:
    """What is said of places: a rule's name, the persons `a` and `b`, and a number where the rule wants one."""

    rule: str
    a: int
    b: int = 0
    k: int = 0

    def holds(self, order: Order) -> bool:
        """Return whether the clue is true of `order`."""
        return RULES[self.rule](order[self.a], order[self.b], self.k)


RULES: dict[str, Callable[[int, int, int], bool]] = {
    "at": lambda a, b, k: a == k,
    "not_at": lambda a, b, k: a != k,
    "before": lambda a, b, k: a < b,
    "right_behind": lambda a, b, k: a == b + 1,
    "beside": lambda a, b, k: abs(a - b) == 1,
    "not_beside": lambda a, b, k: abs(a - b) > 1,
    "between": lambda a, b, k: abs(a - b) - 1 == k,
}
TEXTS: dict[str, tuple[str, str]] = {
    "at": ("{a} is number {place} in the queue.", "{a}排在第{place}位。"),
    "not_at": ("{a} is not number {place} in the queue.", "{a}不在第{place}位。"),
    "before": ("{a} is somewhere ahead of {b}.", "{a}排在{b}前面（不一定相邻）。"),
    "right_behind": ("{a} is directly behind {b}.", "{a}紧跟在{b}后面。"),
    "beside": ("{a} and {b} are next to each other.", "{a}和{b}相邻。"),
    "not_beside": ("{a} and {b} are not next to each other.", "{a}和{b}不相邻。"),
    "between": ("The number of people between {a} and {b} is exactly {k}.", "{a}和{b}之间恰好有{k}个人。"),
}
RULES_OF: dict[Level, tuple[str, ...]] = {
    "easy": ("at", "before", "right_behind"),
    "medium": ("before", "right_behind", "between", "beside", "not_at"),
    "hard": ("before", "between", "beside", "not_beside", "not_at"),
}


def generate(edition: str, language: Language, n: int) -> list[Item]:
    """Return `n` puzzles, easy (4 people), medium (6), hard (8) in turn."""
    return draw_items("ordering", edition, language, n, make_item)


def make_item(random: Random, level: Level, language: Language) -> Item:
    """Return one puzzle of `level` with exactly one solution."""
    size = SIZES[level]
    people = random.sample(PEOPLE, size)
    order, clues = draw_puzzle(random, level)
    stated = {clue.k for clue in clues if clue.rule == "at"}
    asked = random.choice([place for place in range(size) if place not in stated])
    answer = "ABCDEFGH"[order.index(asked)]
    return pose(_tell(people, clues, asked, language), answer, "letter", level, language)


def draw_puzzle(random: Random, level: Level) -> tuple[Order, list[Clue]]:
    """Return an order and true clues that no other order fits, none of them idle when it was given."""
    size = SIZES[level]
    order = tuple(random.sample(range(size), size))
    left, clues = _orders(size), []
    while len(left) > 1:
        clue = _draw_clue(random, level, order)
        if clue.rule == "at" and any(given.rule == "at" for given in clues):
            continue
        fitting = [candidate for candidate in left if clue.holds(candidate)]
        if len(fitting) < len(left):
            left = fitting
            clues.append(clue)
    random.shuffle(clues)
    return order, clues


@cache
def _orders(size: int) -> list[Order]:
    return list(permutations(range(size)))


def _draw_clue(random: Random, level: Level, order: Order) -> Clue:
    while True:
        a, b = random.sample(range(len(order)), 2)
        rule = random.choice(RULES_OF[level])
        number = {"at": order[a], "not_at": random.randrange(len(order)), "between": abs(order[a] - order[b]) - 1}
        clue = Clue(rule, a, b, number.get(rule, 0))
        if clue.holds(order) and not (rule == "between" and clue.k == 0):
            return clue


def _tell(people: list[tuple[str, str]], clues: list[Clue], asked: int, language: Language) -> str:
    chinese = language == "zh"
    names = [person[chinese] for person in people]
    told = [
        TEXTS[clue.rule][chinese].format(a=names[clue.a], b=names[clue.b], k=clue.k, place=clue.k + 1) for clue in clues
    ]
    options = "\n".join(f"{letter}. {name}" for letter, name in zip("ABCDEFGH", names, strict=False))
    if chinese:
        head, ask = f"{len(names)}个人排成一队，第1位在最前面。", f"谁排在第{asked + 1}位？"
        return f"{head}{''.join(told)}\n{ask}\n{options}"
    head = f"{len(names)} people stand in a queue; number 1 is at the front."
    return f"{head} {' '.join(told)}\nWho is number {asked + 1} in the queue?\n{options}"
