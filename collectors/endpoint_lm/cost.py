"""What calls cost, where that is known.

Before: token counts and a registered price. After: US dollars, or None.
"""

from collectors.entries import Price

_PER = {"1M": 1_000_000, "1K": 1_000}


def cost_usd(price: Price | None, input_tokens: int | None, output_tokens: int | None) -> float | None:
    """Return the price of these tokens in US dollars, or None where it is not known.

    Unknown are: no price, no token count, and a price in another currency, since no exchange rate is registered.
    """
    if price is None or price.currency != "USD" or input_tokens is None or output_tokens is None:
        return None
    return (price.input * input_tokens + price.output * output_tokens) / _PER[price.per]
