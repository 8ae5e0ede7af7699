"""Mark fill-in-the-blank mathematics by value where the answers have one, else by their normalised spelling.

Before: a reply that ends with "答案：…", blanks separated by ";", and the solution, both in LaTeX or plain text. After:
1.0 where every blank agrees. A solution that can be written in several ways which neither reduce to a number nor to
one spelling, such as an equation of a line, may be marked too low, never too high.
"""

import ast
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_MARK = re.compile(r"答案\W*?(?:[是为]|[:=])")
_DROP = re.compile(r"\\left|\\right|\\displaystyle|\\[,;:! ]|[\s$*`]|\\boxed(?=\{)")
_UPRIGHT = re.compile(r"\\(?:mathrm|text|rm)\{([^{}]*)\}")
_SHORT = re.compile(r"\\frac(\d)(\d)|\\sqrt(\d)|√(\d+)")
_FRACTION = re.compile(r"([\d)])?\\frac\{([^{}]*)\}\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\{([^{}]*)\}")
_PRODUCT = re.compile(r"(?<=[\d)])(?=sqrt|pi|\()|(?<=pi)(?=sqrt|\()|(?<=\))(?=\d)")
MAX_LENGTH = 500
_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def mark_cloze(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Return the metric `exact_match` of one reply. The `process_results` of the cloze tasks."""
    reply = unicodedata.normalize("NFKC", results[0] or "")
    marks = list(_MARK.finditer(reply))
    lines = (reply[marks[-1].end() :] if marks else reply).strip().splitlines()
    answer = (lines[0] if marks else lines[-1]) if lines else ""
    return {"exact_match": float(agrees(answer, doc["answer"]))}


def agrees(answer: str, solution: str) -> bool:
    """Return whether `answer` gives every blank of `solution`, in order; never for an empty answer."""
    given, wanted = split_blanks(answer), split_blanks(solution)
    return len(given) == len(wanted) > 0 and all(map(_same, given, wanted))


def split_blanks(text: str) -> list[str]:
    """Return the blanks of an answer, each in one spelling; those of an empty text are none."""
    plain = unicodedata.normalize("NFKC", text)[:MAX_LENGTH].rstrip(" .。")
    return [spelled for part in plain.split(";") if (spelled := spell(part))]


def spell(text: str) -> str:
    """Return mathematics in one spelling: no blanks, marks of layout or braces that do nothing; a/b for fractions."""
    text = _UPRIGHT.sub(r"\1", text)
    text = _DROP.sub("", text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").replace("−", "-"))
    text = re.sub(r"\\textcircled\{(\d+)\}", r"\1", text).replace("^{\\circ}", "°").replace("^\\circ", "°")
    text = _SHORT.sub(_lengthen, text).replace("\\pi", "pi").replace("π", "pi")
    before = None
    while text != before:
        before = text
        text = _ROOT.sub(r"sqrt(\1)", _FRACTION.sub(_write_fraction, text))
    text = text.replace("\\cdot", "*").replace("\\times", "*").replace("\\infty", "inf").replace("∞", "inf")
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text).translate({ord(sign): None for sign in "{}\\"})
    return re.sub(r"\^\((\w)\)", r"^\1", text).replace("∪", "cup").rstrip(".。").casefold()


def _lengthen(found: re.Match[str]) -> str:
    above, below, *roots = found.groups()
    return f"\\frac{{{above}}}{{{below}}}" if above else f"\\sqrt{{{roots[0] or roots[1]}}}"


def _write_fraction(found: re.Match[str]) -> str:
    before, above, below = found.groups()
    above = f"({above})" if re.search(r".[-+]", above) else above
    below = below if re.fullmatch(r"\w+", below) else f"({below})"
    return f"{before}*{above}/{below}" if before else f"{above}/{below}"


def _same(given: str, wanted: str) -> bool:
    if given == wanted:
        return True
    bare = wanted[2:] if re.match(r"[a-z]=", wanted) else wanted
    one, other = evaluate(given.rpartition("=")[2]), evaluate(bare)
    return one is not None and other is not None and math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def evaluate(spelled: str) -> float | None:
    """Return the value of numbers, pi and square roots under + - * / and brackets; None for anything else."""
    try:
        return _value(ast.parse(_PRODUCT.sub("*", spelled), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        return None


def _value(node: ast.AST) -> float:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id == "pi":
        return math.pi
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "sqrt"
        and len(node.args) == 1
    ):
        return math.sqrt(_value(node.args[0]))
    raise ValueError(ast.dump(node))
