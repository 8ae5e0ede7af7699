"""lm-eval tasks of our own: YAML as lm-eval reads it, and the Python that the YAML names."""
