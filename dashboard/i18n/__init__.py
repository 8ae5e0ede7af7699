"""The words of the dashboard: every sentence passes through `t`, whose English is the message's own key.

Before: an English message with named places. After: the text in the reader's language, places filled.
"""


def t(message: str, **values: object) -> str:
    """Return `message` in the reader's language with its `{named}` places filled; English is what it is written in.

    Values are put in as they are: text that we did not write must be escaped for where it is shown.
    """
    return message.format(**values) if values else message
