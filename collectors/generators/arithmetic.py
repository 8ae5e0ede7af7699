"""Arithmetic word problems."""

from random import Random

from collectors.generators.items import Item, Language, Level, draw_items


def generate(edition: str, language: Language, n: int) -> list[Item]:
    """Return `n` arithmetic word problems, easy, medium, hard in turn."""
    return draw_items("arithmetic", edition, language, n, make_item)


def make_item(random: Random, level: Level, language: Language) -> Item:
    """Return one problem."""
    a, b = random.randint(2, 99), random.randint(2, 99)
    if language == "zh":
        return Item(
            f"小明有{a}个苹果，又买了{b}个。他现在有多少个苹果？\n最后一行只写“答案：X”。", str(a + b), "number", level
        )
    question = f"Tom has {a} apples and buys {b} more. How many apples has he now?\nEnd with a last line 'Answer: X'."
    return Item(question, str(a + b), "number", level)
