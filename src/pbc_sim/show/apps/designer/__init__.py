"""Which terms should be agreed? Move them, and see both parties' money at once.

Lives here: the app in which a contract is designed. May not live here: prices of contracts, which
the library works out.
"""
