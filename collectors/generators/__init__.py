"""Test items made from a seed: new ones each month, their answers computed.

Before: an edition (year and month), a language and a number. After: that many `Item`s, the same on every machine.
"""
