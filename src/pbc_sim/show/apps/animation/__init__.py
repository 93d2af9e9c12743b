"""How is one future watched as it happens?

Lives here: the animation of one replication, played in the browser. May not live here: what moves
when (`decision/animation.py`).
"""
