"""The compiled settlement: the commonest clauses of many contracts, future by future.

Lives here: a twin of `pricing.py` that pays the same to the last bit, in one pass over the facts
of a future. May not live here: clauses, text, and what settles only as array code.
A file for each part: what is covered (`coverage.py`), how contracts lie in arrays (`layout.py`),
and the rules in the order in which clauses act: `reading.py`, `mechanisms.py`, `holding.py`,
`settling.py`.
"""
