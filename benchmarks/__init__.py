"""Measurements against the usual tools, in one run each: ratios, not timed tests. `python -m benchmarks.photo`."""
