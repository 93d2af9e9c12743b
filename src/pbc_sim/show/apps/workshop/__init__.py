"""How does a room guess first, and then see the simulated answer?

Lives here: the workshop's page. May not live here: questions and answers (`decision/workshop/`).
"""
