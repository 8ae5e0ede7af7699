"""Chinese numerals, everyday units and sayings of quantity; in Chinese only.

Before: a seeded random source. After: a question and its answer, converted or computed here.
"""

from collections.abc import Callable
from random import Random

from collectors.generators.items import Item, Language, Level, draw_items, pose

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
Question = tuple[str, object, str]
"""The question, the answer, and its kind."""


def generate(edition: str, language: Language, n: int) -> list[Item]:
    """Return `n` questions, easy, medium, hard in turn; `language` is always Chinese."""
    return draw_items("numerals", edition, language, n, make_item)


def make_item(random: Random, level: Level, language: Language) -> Item:
    """Return one question of `level`."""
    question, answer, kind = random.choice(QUESTIONS[level])(random)
    return pose(question, answer, kind, level, language)


def write_numeral(number: int) -> str:
    """Return a whole number below 10^12 in Chinese numerals, such as 一万零二百零三; never 两, never a leading 一十."""
    groups = [(number // 10**8 % 10**4, "亿"), (number // 10**4 % 10**4, "万"), (number % 10**4, "")]
    text = ""
    for value, unit in groups:
        if not value:
            text += "零" if text and not text.endswith("零") else ""
            continue
        gap = text and value < 1000 and not text.endswith("零")
        text += ("零" if gap else "") + _write_group(value) + unit
    text = text.rstrip("零") or "零"
    return text.removeprefix("一") if text.startswith("一十") else text


def _write_group(value: int) -> str:
    text = ""
    for power, unit in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
        digit = value // 10**power % 10
        if digit:
            text += DIGITS[digit] + unit
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")


def write_formal(number: int) -> str:
    """Return a whole number in the formal numerals of cheques, such as 壹万零贰佰零叁; ten is 壹拾."""
    text = write_numeral(number)
    return (f"一{text}" if text.startswith("十") else text).translate(FORMAL)


def is_plain(number: int) -> bool:
    """Return whether there is one way to write `number`, unlike 二百万三千, which may as well be 二百万零三千."""
    return all(number // 10**p % 10 != 0 or number // 10 ** (p - 1) % 10 == 0 for p in (4, 8) if number >= 10**p)


def _draw_gapped(random: Random, low: int, high: int) -> int:
    """Return a number whose digits are often zero, for that is where the numerals are hard."""
    digits = [str(random.randint(1, 9))]
    while len(digits) < random.randint(low, high):
        digits.append(random.choice("000123456789"))
    return int("".join(digits))


def ask_read_small(random: Random) -> Question:
    """A numeral below ten thousand, in digits."""
    number = _draw_gapped(random, 3, 4)
    return f"把中文数字“{write_numeral(number)}”写成阿拉伯数字。", number, "number"


def ask_write_small(random: Random) -> Question:
    """A number below ten thousand, in numerals."""
    number = _draw_gapped(random, 3, 4)
    return f"把{number}写成中文小写数字（如“三百零五”）。", write_numeral(number), "numeral"


def ask_dozens(random: Random) -> Question:
    """Dozens, pairs and decades of days."""
    count = random.randint(3, 28)
    ask, unit, size = random.choice(
        [("打铅笔一共有多少支", "支", 12), ("双筷子一共有多少根", "根", 2), ("旬一共有多少天", "天", 10)]
    )
    return f"{write_numeral(count)}{ask}？（答案的单位：{unit}）", count * size, "number"


def ask_jin(random: Random) -> Question:
    """Market weights in grams."""
    jin, liang = random.randint(2, 40), random.randint(1, 9)
    return f"按现行市制，{write_numeral(jin)}斤{write_numeral(liang)}两是多少克？", jin * 500 + liang * 50, "number"


def ask_read_large(random: Random) -> Question:
    """A numeral with 万 or 亿, in digits."""
    number = _draw_gapped(random, 6, 10)
    return f"把中文数字“{write_numeral(number)}”写成阿拉伯数字。", number, "number"


def ask_write_formal(random: Random) -> Question:
    """A sum of money in the numerals of cheques."""
    number = _draw_gapped(random, 4, 6)
    while not is_plain(number):
        number = _draw_gapped(random, 4, 6)
    example = "填写支票用的中文大写数字（如305写作“叁佰零伍”）"
    return f"把{number}写成{example}，不写“元整”。", write_formal(number), "numeral"


def ask_sum(random: Random) -> Question:
    """A sum or difference of numerals, in numerals."""
    a, b, answer = 0, 0, 20_003_000
    while not is_plain(answer):
        a, b, sign = random.randint(10_000, 90_000), random.randint(100, 9_000), random.choice([1, -1])
        answer = a + sign * b
    word = "减" if answer < a else "加"
    ask = f"{write_numeral(a)}{word}{write_numeral(b)}等于多少？用中文小写数字回答。"
    return ask, write_numeral(answer), "numeral"


def ask_land(random: Random) -> Question:
    """Hectares and mu (a hectare is 15 mu), with a yield by the mu."""
    hectares, mu, each = random.randint(2, 30), random.randint(1, 14), 10 * random.randint(30, 98)
    ask = f"一块地有{write_numeral(hectares)}公顷又{write_numeral(mu)}亩（1公顷=15亩），亩产{write_numeral(each)}斤。"
    return f"{ask}总产量是多少千克？", (hectares * 15 + mu) * each // 2, "number"


def ask_road(random: Random) -> Question:
    """Market li on the road and back, in kilometres or metres."""
    li, times, walked = 2 * random.randint(11, 160), random.randint(3, 9), random.randint(101, 980)
    ask = f"从村里到县城有{write_numeral(li)}里（市制，1里=500米）。邮递员往返{write_numeral(times)}次后，又走了"
    return f"{ask}{write_numeral(walked)}米。他一共走了多少米？", li * 500 * 2 * times + walked, "number"


def ask_discount(random: Random) -> Question:
    """Discounts and increases as Chinese says them: 打八折, 增产三成."""
    price, off, more = 100 * random.randint(12, 95), random.randint(5, 9), random.randint(1, 5)
    ask = f"一件商品原价{write_numeral(price)}元，先涨价{write_numeral(more)}成，再打{write_numeral(off)}折出售。"
    return f"{ask}售价是多少元？", price * (10 + more) * off // 100, "number"


def ask_bushels(random: Random) -> Question:
    """Measures of grain (1 dan = 10 dou = 100 sheng), some of it taken."""
    dan, dou, taken, families = (
        random.randint(11, 90),
        random.randint(1, 9),
        random.randint(101, 990),
        random.randint(2, 7),
    )
    ask = f"粮仓存米{write_numeral(dan)}石{write_numeral(dou)}斗（1石=10斗，1斗=10升），"
    ask += f"分给{write_numeral(families)}户人家，每户{write_numeral(taken // families)}升。"
    return f"{ask}还剩多少升？", dan * 100 + dou * 10 - taken // families * families, "number"


def ask_mixed(random: Random) -> Question:
    """A chain of operations said in numerals, with 万."""
    a, b, c, answer = 0, 0, 0, 20_003_000
    while not is_plain(answer):
        a, b, c = random.randint(11, 98) * 10**6, random.randint(1_001, 9_999), random.randint(12, 89)
        answer = a - b * c
    ask = f"{write_numeral(a)}减去{write_numeral(b)}与{write_numeral(c)}的积，差是多少？用中文小写数字回答。"
    return ask, write_numeral(answer), "numeral"


QUESTIONS: dict[Level, list[Callable[[Random], Question]]] = {
    "easy": [ask_read_small, ask_write_small, ask_dozens, ask_jin],
    "medium": [ask_read_large, ask_write_formal, ask_sum],
    "hard": [ask_land, ask_road, ask_discount, ask_bushels, ask_mixed],
}
