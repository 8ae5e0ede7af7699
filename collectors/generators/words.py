"""Names and things that the generated stories speak of, in both languages, and what a told problem is."""

from dataclasses import dataclass

from collectors.generators.items import Language

PEOPLE: list[tuple[str, str]] = [
    ("Anna", "安娜"),
    ("Ben", "小本"),
    ("Carla", "卡拉"),
    ("David", "大卫"),
    ("Emma", "艾玛"),
    ("Farid", "法里"),
    ("Grace", "格蕾"),
    ("Hugo", "雨果"),
    ("Irene", "艾琳"),
    ("Jonas", "约纳"),
    ("Kim", "小金"),
    ("Lena", "莉娜"),
    ("Mei", "小梅"),
    ("Nora", "诺拉"),
    ("Omar", "奥马"),
    ("Paul", "保罗"),
]

GOODS: list[tuple[str, str]] = [
    ("apples", "个苹果"),
    ("pencils", "支铅笔"),
    ("stamps", "张邮票"),
    ("books", "本书"),
    ("marbles", "颗弹珠"),
    ("bricks", "块砖"),
    ("bottles", "瓶水"),
    ("eggs", "枚鸡蛋"),
]
"""A countable thing; the Chinese begins with its measure word."""


@dataclass(frozen=True)
class Problem:
    """A problem told in both languages, and its answer."""

    en: str
    zh: str
    answer: int

    def text(self, language: Language) -> str:
        """Return the problem in `language`."""
        return self.zh if language == "zh" else self.en
