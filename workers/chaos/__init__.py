"""The whole product under fire: people use it over HTTP while its parts are killed, and afterwards everything that they
were told is looked for.

Nothing of the product is replaced. `product` starts the real parts on a scratch folder, `faults` breaks them, `people`
use them and write down what they were told (`ledger`), `flaky` is an S3 that fails, `checking` compares.
"""
