"""The chance baseline: guesses, and the same guess whenever the same question comes.

Before: a prompt. After: a reply whose last line is a guess among what the prompt offers: one of its option letters,
yes or no, else a number from 0 to 99.
"""

import hashlib
import re
from random import Random

_OPTION = re.compile(r"(?:^|[\s(（])([A-Z])\s*[.)）、．:：]", re.M)
_YES_NO = re.compile(r"\byes or no\b|\byes/no\b|是或否|是还是否|“是”或“否”", re.I)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def answer_by_chance(prompt: str) -> str:
    """Return a guess, uniform over what `prompt` offers and fixed by its text."""
    random = Random(hashlib.sha256(prompt.encode(errors="surrogatepass")).digest())
    chinese = _CHINESE.search(prompt) is not None
    options = find_options(prompt)
    if options:
        guess = random.choice(options)
    elif _YES_NO.search(prompt):
        guess = random.choice(["是", "否"] if chinese else ["Yes", "No"])
    else:
        guess = str(random.randrange(100))
    return f"{'随机猜测。' if chinese else 'A guess.'}\n{'答案：' if chinese else 'Answer: '}{guess}"


def find_options(prompt: str) -> list[str]:
    """Return the option letters that `prompt` shows, from A on without a gap; none where there are fewer than two."""
    shown = set(_OPTION.findall(prompt))
    letters = []
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        if letter not in shown:
            break
        letters.append(letter)
    return letters if len(letters) > 1 else []
