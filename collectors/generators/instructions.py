"""Instructions whose constraints a program can check, from one constraint to five at once.

Before: a seeded random source. After: an instruction, its constraints as JSON, and one text that follows them all,
made here as proof that they can be followed together; the text need not make sense.
"""

import json
from random import Random
from typing import Any

from collectors.errors import UsageError
from collectors.generators import recipes_en, recipes_zh
from collectors.generators.items import Item, Language, Level, draw_items
from collectors.lm_eval_tasks.constraints import follows

TOPICS: list[tuple[str, str]] = [
    ("a river in spring", "春天的河"),
    ("a night train", "夜行的火车"),
    ("a market in the morning", "清晨的集市"),
    ("an old bridge", "一座老桥"),
    ("a cup of tea", "一杯茶"),
    ("the first snow", "第一场雪"),
    ("a small library", "小图书馆"),
    ("a football match", "一场球赛"),
    ("a kitchen garden", "菜园"),
    ("a lost umbrella", "丢失的雨伞"),
    ("a mountain path", "山间小路"),
    ("the sea at dusk", "黄昏的海"),
]
TEXTS: dict[str, tuple[str, str]] = {
    "word_count": ("It has exactly {n} words.", "正好包含{n}个词。"),
    "min_words": ("It has at least {n} words.", "至少包含{n}个词。"),
    "min_han": ("It has at least {n} Chinese characters.", "至少包含{n}个汉字（标点不计）。"),
    "han_count": ("It has exactly {n} Chinese characters.", "正好包含{n}个汉字（标点不计）。"),
    "line_count": ("It has exactly {n} lines.", "正好有{n}行。"),
    "words_per_line": ("Every line has exactly {n} words.", "每行正好有{n}个词。"),
    "han_per_line": ("Every line has exactly {n} Chinese characters.", "每行正好有{n}个汉字（标点不计）。"),
    "words_staircase": (
        "It has {n} lines: the first line has one word, and every further line has one word more than the line before.",
        "共{n}行：第一行一个词，以后每行比上一行多一个词。",
    ),
    "han_staircase": (
        "It has {n} lines: the first has one Chinese character, and every further line has one more.",
        "共{n}行：第一行一个汉字，以后每行比上一行多一个汉字（标点不计）。",
    ),
    "bullets": ("It is a list of exactly {n} lines, each beginning with '- '.", "是正好{n}行的列表，每行以“- ”开头。"),
    "starts_with": ("It begins with the word '{word}'.", "以“{word}”开头。"),
    "ends_with": ("Its last word is '{word}'.", "以“{word}”结尾（后面最多一个标点）。"),
    "without": ("The following appears nowhere in it: {signs}", "全文不出现：{signs}"),
    "includes": ("The word '{word}' appears in it exactly {n} times.", "“{word}”正好出现{n}次。"),
    "upper": ("All its letters are capitals.", "所有字母都大写。"),
    "lower": ("None of its letters is a capital.", "没有大写字母。"),
    "acrostic": (
        "The first letters of its lines, from top to bottom, spell '{word}'.",
        "每行的第一个字从上到下连起来是“{word}”。",
    ),
    "json_keys": (
        "It is one JSON object and nothing else, no code fence, with exactly these keys: {keys}",
        "只输出一个JSON对象，不要代码块标记，键正好是：{keys}",
    ),
    "json_sum": (
        "The value of '{key}' is a list of exactly {n} different whole numbers in rising order whose sum is {total}.",
        "“{key}”的值是正好{n}个互不相同、从小到大排列的整数组成的列表，它们的和是{total}。",
    ),
    "json_words": ("The value of '{key}' is a text of exactly {n} words.", "“{key}”的值是正好{n}个汉字的文字。"),
}
FRAMES: dict[Language, tuple[str, str]] = {
    "en": (
        "Write about {topic}.",
        "A program checks your whole reply, so write nothing before or after the text itself.",
    ),
    "zh": ("请写一写{topic}。", "程序会检查你的整个回复，所以除正文外不要写任何别的内容。"),
}


def generate(edition: str, language: Language, n: int) -> list[Item]:
    """Return `n` instructions: one constraint (easy), two or three (medium), four or five (hard) in turn."""
    return draw_items("instructions", edition, language, n, make_item)


def make_item(random: Random, level: Level, language: Language) -> Item:
    """Return one instruction of `level`, with a text that follows it.

    Raises UsageError where the text made does not follow: a fault in a recipe, not in a model.
    """
    chinese = language == "zh"
    topic = random.choice(TOPICS)[chinese]
    recipe = random.choice((recipes_zh if chinese else recipes_en).RECIPES[level])
    checks, text = recipe(random)
    if not follows(text, checks):
        raise UsageError(f"generators: recipe {recipe.__name__} breaks its own constraints; got {text!r}. Mend it.")
    lead, close = FRAMES[language]
    told = "\n".join(f"{number}. {describe(check, language)}" for number, check in enumerate(checks, 1))
    question = f"{lead.format(topic=topic)}\n{told}\n{close}"
    return Item(question, text, "constraints", level, json.dumps(checks, ensure_ascii=False))


def describe(check: dict[str, Any], language: Language) -> str:
    """Return a constraint in words."""
    quote = "“{}”" if language == "zh" else "'{}'"
    values = {k: " ".join(map(quote.format, v)) if isinstance(v, list) else v for k, v in check.items()}
    return TEXTS[check["rule"]][language == "zh"].format(**values)
