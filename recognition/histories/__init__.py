"""Random concurrent histories that try to get round the legal guard, in a scratch database of their own.

`manage.py guard_histories` proves on demand that the guard holds, and, with one lock taken away, that these
histories would have noticed. A history is a small world of departments, officers and photos and a few writers
who work on it at the same time, through the product's own functions and past them.
"""
