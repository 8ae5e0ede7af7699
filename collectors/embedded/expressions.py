"""Explicit arithmetic, for the calculator baseline.

Before: a question with an expression such as "12 * (3 + 4)", "7 plus 5" or 三百加四十五. After: its exact value; None
where there is no expression.
"""

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction

from collectors.embedded.numerals import NUMERAL, read_chinese, write_chinese

MAX_EXPRESSION = 200
"""In characters; more is no question of arithmetic, and deep nesting would exhaust the parser."""
_WORDS = (
    (r"\s*(?:multiplied by|times|乘以|乘|[×x·])\s*(?=[\d(])", "*"),
    (r"\s*(?:divided by|除以|÷)\s*(?=[\d(])", "/"),
    (r"\s*(?:plus|加上|加)\s*(?=[\d(])", "+"),
    (r"\s*(?:minus|减去|减)\s*(?=[\d(])", "-"),
)
_EXPRESSION = re.compile(r"[\d(][\d\s.()]*(?:[-+*/][\d\s.()]+)+")
_OPERATORS: dict[type[ast.AST], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def solve_expression(question: str) -> tuple[str, str] | None:
    """Return the working and value of the longest expression in `question`; in Chinese numerals where it asks so."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", question)
    text = re.sub(rf"({NUMERAL})(?=加|减|乘|除|等于)", lambda found: str(read_chinese(found[1])), text)
    text = re.sub(rf"(?<=加|减|乘|去|上|以)({NUMERAL})", lambda found: str(read_chinese(found[1])), text)
    for pattern, sign in _WORDS:
        text = re.sub(pattern, sign, text)
    expressions = [
        found.strip() for found in _EXPRESSION.findall(text) if not re.fullmatch(r"\d+(-\d+){2}", found.strip())
    ]
    expression = max(expressions, key=len, default="")
    value = evaluate(expression)
    if value is None:
        return None
    in_chinese = re.search("中文|汉字", question) and value.denominator == 1 and 0 <= value < 10**12
    written = write_chinese(int(value)) if in_chinese else write_value(value)
    return f"{expression} = {written}", written


def evaluate(expression: str) -> Fraction | None:
    """Return the exact value of numbers joined by + - * / and brackets; None where it is nothing else or has none."""
    if not expression or len(expression) > MAX_EXPRESSION:
        return None
    try:
        return _value(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ZeroDivisionError, KeyError):
        return None


def _value(node: ast.AST) -> Fraction:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Fraction(str(node.value))
    raise KeyError(type(node).__name__)


def write_value(value: Fraction) -> str:
    """Return a value as a whole number where it is one, else as a decimal of at most four places."""
    return str(int(value)) if value.denominator == 1 else f"{float(value):.4f}".rstrip("0")
