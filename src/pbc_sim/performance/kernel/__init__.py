"""How good was it, what did it cost: measures and cost lines, compiled.

Lives here: twins of KPIs, cost lines and balances, for replications of the compiled model. They
read the rows that it leaves, and no ledger is made. May not live here: anything that the functions
in `performance` and `operations/invariants.py` do not say; a test holds the two together.
"""
