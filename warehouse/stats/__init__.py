"""Gap science: pure functions on arrays, no input or output."""
