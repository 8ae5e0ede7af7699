"""Recognises a model's refusal by its text, and only where there is little doubt.

Before: the answer of a message that no provider marked as refused. After: True for a short text that opens with a
stock refusal and gives no answer. A refusal in doubt stays an answer, and its task marks it.
"""

import re

LONGEST_REFUSAL = 300

_ENGLISH = re.compile(
    r"(?:(?:i['’]m|i am) (?:very |really |so )?sorry|sorry|i apologi[sz]e|unfortunately)?[,.!]?\s*(?:but )?"
    r"(?:as an ai(?: language)?(?: model| assistant)?, )?"
    r"(?:i|we) (?:(?:can['’]t|cannot|can not|won['’]t|will not)|(?:am|['’]m) (?:not able|unable) to|must decline to)"
    r" (?:assist|help|comply|answer|respond|discuss|engage|provide|continue|fulfil|fulfill|share|generate|create)\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    # Without a speaker or an apology it may be an exam answer: "不能提供担保".
    r"(?=(?:您|你)好|非常|十分|很|抱歉|遗憾|对不起|不好意思|作为|我|本助手|这个|该|此)"
    r"(?:(?:您|你)好[，,。！!]?)?"
    r"(?:(?:非常|十分|很)?(?:抱歉|遗憾)|对不起|不好意思)?[，,。！! ]*"
    r"(?:作为一?[个名]?(?:人工智能|AI|大?语言模型|智能)[^，,。]{0,12}[，,])?"
    r"(?:但|不过)?(?:(?:我|本助手|(?:这个|该|此)问题)[，,]?){0,2}(?:目前|暂时|还|也|实在)?"
    r"(?:无法|不能|没法|没办法|不便)(?:为您|为你|对此|就此|给到|直接|继续)*"
    r"(?:回答|提供|讨论|协助|帮助|满足|处理|生成|回应|评论|相关内容)"
)
_CHANGE_OF_SUBJECT = re.compile(r"(?:我们|让我们|那我们|不如)?(?:还是)?(?:换|聊)(?:一?个|点)(?:话题|别的)")
_GIVES_ANSWER = re.compile(r"answer\s*(?:is|:|：)|答案|\\boxed|####|=\s*\d|[(（][A-J][)）]", re.IGNORECASE)


def is_refusal_text(answer: str) -> bool:
    """Return True where `answer` opens with a stock refusal in English or Chinese, is short, and answers nothing."""
    text = answer.strip()
    if not text or len(text) > LONGEST_REFUSAL or _GIVES_ANSWER.search(text):
        return False
    return any(pattern.match(text) for pattern in (_ENGLISH, _CHINESE, _CHANGE_OF_SUBJECT))
