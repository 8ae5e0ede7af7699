"""Chinese numerals and measures, for the calculator baseline.

Before: a question. After: a numeral read or written, or a measure in another unit; None where neither is asked.
"""

import re

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
POWERS = {"十": 10, "百": 100, "千": 1_000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
NUMERAL = "[零〇一二两三四五六七八九十百千万亿]{1,30}"
_FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_NUMBER = rf"(?:\d+|{NUMERAL})"
UNITS: dict[str, dict[str, int]] = {
    "克": {"斤": 500, "两": 50, "公斤": 1_000, "千克": 1_000},
    "米": {"里": 500, "公里": 1_000, "千米": 1_000},
    "亩": {"公顷": 15, "顷": 100},
    "支": {"打": 12},
    "根": {"双": 2, "对": 2},
    "天": {"旬": 10, "星期": 7, "周": 7},
}
"""How many of the outer unit one of the inner ones is."""


def read_chinese(text: str) -> int:
    """Return the whole number that a Chinese numeral such as 一万零二百零三 stands for."""
    total = group = digit = 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in POWERS:
            group += (digit or 1) * POWERS[sign]
            digit = 0
        else:
            total = (total + group + digit) * MYRIADS[sign] if sign == "亿" else total + (group + digit) * MYRIADS[sign]
            group = digit = 0
    return total + group + digit


def write_chinese(number: int) -> str:
    """Return a whole number below 10^12 as a Chinese numeral."""
    if not number:
        return "零"
    signs, text, gap = "零一二三四五六七八九", "", False
    for power in range(11, -1, -1):
        digit = number // 10**power % 10
        if digit:
            text += ("零" if gap and text else "") + signs[digit] + ("", "十", "百", "千")[power % 4]
        gap = digit == 0
        if power in (4, 8) and number // 10**power % 10_000:
            text, gap = text + ("万" if power == 4 else "亿"), False
            gap = number // 10 ** (power - 1) % 10 == 0
    return text.removeprefix("一") if text.startswith("一十") else text


def read_number(text: str) -> int:
    """Return the value of a number in digits or in Chinese numerals."""
    return int(text) if text.isdigit() else read_chinese(text)


def solve_numeral(question: str) -> tuple[str, str] | None:
    """Return the working and value where a numeral is to be read or written, or a measure to be converted."""
    if found := re.search(rf"[“\"「]?({NUMERAL})[”\"」]?(?:写成|用|转换成|换成)阿拉伯数字", question):
        value = read_chinese(found[1])
        return f"{found[1]} = {value}", str(value)
    if found := re.search(r"(\d+)(?:写成|用|转换成|换成)[^，。]*?(大写|小写|中文|汉字)", question):
        text = write_chinese(int(found[1]))
        if "大写" in question:
            text = ("一" + text if text.startswith("十") else text).translate(_FORMAL)
        return f"{found[1]} = {text}", text
    return _convert(question)


def _convert(question: str) -> tuple[str, str] | None:
    asked = re.search(r"多少(\w)", question)
    units = UNITS.get(asked[1] if asked else "", {})
    if not units:
        return None
    names = "|".join(sorted(units, key=len, reverse=True))
    parts = re.findall(rf"({_NUMBER})({names})", question)
    if not parts or len(re.findall(_NUMBER, question)) > len(parts) + 1:
        return None
    value = sum(read_number(number) * units[unit] for number, unit in parts)
    return " + ".join(f"{read_number(number)}×{units[unit]}" for number, unit in parts) + f" = {value}", str(value)
