"""Would you have signed, checked, complained, accepted? Play a contract's term, turn by turn.

Lives here: the app of the role-play. May not live here: its rules (`decision/game/`).
"""
