"""Brings evidence in: the registry, collection from endpoints, published figures, landing."""
