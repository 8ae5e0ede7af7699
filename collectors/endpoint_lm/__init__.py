"""The endpoint LM: from lm-eval's requests to one typed, logged outcome a call.

`lm.EndpointLM` is the door; nothing here imports lm-eval but that module.
"""
