"""How good is matching? Measured on photos whose answer is known, in memory; only figures come out.

Nothing in here knows a table, the store or the gallery (an architecture test holds that): what an evaluation measures
has nowhere to go.
"""
