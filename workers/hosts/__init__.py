"""The product on five machines that share nothing but a network, played on one: each in a network namespace of its own.

`network` makes the machines and cuts their cables, `places` puts the real parts on them with nothing but settings,
`run` uses the product while one after the other is cut off, and looks afterwards whether anything is missing.
"""
