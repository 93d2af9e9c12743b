"""How does a result that says itself in words stand in a notebook?

Lives here: what every result with a text of its own inherits. May not live here: any text.
"""

from __future__ import annotations

import html

__all__ = ["Printed"]


class Printed:
    """A result that a notebook shows as it prints, and not as its fields.

    Examples
    --------
    >>> class Answer(Printed):
    ...     def __str__(self) -> str:
    ...         return "5 < 7"
    >>> Answer()._repr_html_()
    '<pre>5 &lt; 7</pre>'
    """

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"
