"""Show me.

Lives here: pictures of what came out. Import them from their modules, which load on demand.
"""
