"""Turns landed evidence into marts, publishes them as snapshots and reads them back."""
