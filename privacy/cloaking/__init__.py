"""How a cloak is made: recognisers with gradients, what is asked of them, and how much the picture may suffer.

Everything here needs torch, which only the tool `cloak` does; import nothing from here on the site's way.
"""
