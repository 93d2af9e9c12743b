"""How are both parties' money, the KPIs, the plans and the zone of agreement seen?

Lives here: pictures of priced contracts. May not live here: their figures, widgets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from pbc_sim.decision.wording import plan_label
from pbc_sim.figures import money, share
from pbc_sim.language import Language
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import KPIS, Kpi
from pbc_sim.performance.words import Words
from pbc_sim.show.apps.chart import (
    BUYER,
    GOOD,
    INK,
    MUTED,
    OTHER,
    SUPPLIER,
    Axis,
    Figures,
    Mark,
    Picture,
    bar,
    dot,
    rule,
    span,
    text,
)
from pbc_sim.show.apps.designer.prices import Priced, Spread
from pbc_sim.show.apps.designer.sentences import otherwise_said
from pbc_sim.show.apps.page import escaped

__all__ = [
    "Scales",
    "gains_strip",
    "kpi_picture",
    "money_picture",
    "plans_picture",
    "zone_picture",
]

Say = Callable[[float], str]

#: How many pixels lower than its row the mean stands.
BELOW = 13


class Scales:
    """Axes that only grow, so that nothing jumps while a slider moves."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, float]] = {}

    def forget(self) -> None:
        """Let every axis begin anew."""
        self._seen.clear()

    def over(
        self,
        name: str,
        values: Iterable[float],
        say: Say,
        label: str = "",
        within: tuple[float, float] = (-math.inf, math.inf),
    ) -> Axis:
        """Return an axis that holds these values, and all that it held before."""
        known = [value for value in (*values, *self._seen.get(name, ())) if math.isfinite(value)]
        if known:
            self._seen[name] = (min(known), max(known))
        return Axis.over(known, say, label, within=within)


def money_picture(
    title: str, of: str, contracts: Mapping[str, Priced], scales: Scales, outside: float | None
) -> Picture:
    """Draw how an amount is spread over futures, a row a contract.

    Parameters
    ----------
    title : str
        What the amount is.
    of : {"buyer_cost", "supplier_profit"}
        The amount.
    contracts : mapping of str to Priced
        Contracts by what they are called; the first one is the draft.
    scales : Scales
        Axes of the page.
    outside : float, optional
        What the party has without any of them. [currency]
    """
    first = next(iter(contracts.values()))
    currency = first.scenario.currency
    colour = BUYER if of == "buyer_cost" else SUPPLIER
    spreads = {name: getattr(priced, of) for name, priced in contracts.items()}

    def say(value: float) -> str:
        return money(value, currency)

    rows = dict(enumerate(spreads.values()))
    marks: list[Mark] = []
    if outside is not None:
        marks.append(rule(_("outside option"), x=outside, colour=MUTED))
    for row, spread in rows.items():
        marks += _row(spread, row, colour if row == 0 else MUTED, say)
    values = [value for spread in rows.values() for value in spread.quantiles]
    axis = scales.over(of, [*values, *([outside] if outside is not None else [])], say)
    drawn = next(iter(spreads.values()))
    says = _("{title} under the draft: mean {mean}, between {low} and {high} in 90% of futures.")
    return Picture(
        title,
        says.format(
            title=title,
            mean=say(drawn.mean),
            low=say(drawn.quantiles[0]),
            high=say(drawn.quantiles[-1]),
        ),
        axis,
        Axis.of_rows(list(spreads)),
        marks,
        _spread_table(spreads, say),
    )


def _row(spread: Spread, row: int, colour: str, say: Say) -> list[Mark]:
    low, first, median, third, high = spread.quantiles
    return [
        span((low, high), row, colour, width=3),
        span((first, third), row, colour, width=11),
        dot(median, row, "#FFFFFF", shape="tick", size=5.5),
        span(spread.ci95, row, INK, say(spread.mean), width=1.5, shift=BELOW, ends=True),
        dot(spread.mean, row, INK, size=3.5, shift=BELOW),
    ]


def _spread_table(spreads: Mapping[str, Spread], say: Say) -> Figures:
    head = ("", _("mean"), _("95% interval"), "5%", "25%", _("median"), "75%", "95%")
    rows = tuple(
        (name, say(s.mean), f"{say(s.ci95[0])} – {say(s.ci95[1])}", *map(say, s.quantiles))
        for name, s in spreads.items()
    )
    return Figures(head, rows)


def kpi_picture(
    name: str, contracts: Mapping[str, Priced], scales: Scales, words: Words
) -> Picture:
    """Draw a KPI over the term against its target, under each contract that has it."""
    shown = {row: priced.kpis[name] for row, priced in contracts.items() if name in priced.kpis}
    clause = next(iter(shown.values())).clause
    kpi = clause.kpi
    say = _level_said(kpi, words)
    marks: list[Mark] = []
    for row, found in enumerate(shown.values()):
        if math.isnan(found.spread.mean):
            marks.append(text(found.clause.target.level, row, _("nothing to measure"), italic=True))
        else:
            marks += _row(found.spread, row, GOOD if row == 0 else MUTED, say)
        level = found.clause.target.level
        ends = (row - 0.45, row + 0.45)
        marks.append(rule("", x=level, colour=INK, dash="", between=ends))
    values = [v for f in shown.values() for v in (*f.spread.quantiles, f.clause.target.level)]
    # A KPI that hits its bound in most futures would otherwise leave no room for its target.
    within = kpi.bounds
    axis = scales.over(f"kpi {name} {kpi.name}", values, say, within=within)
    label = words.label(kpi)
    drawn = next(iter(shown.values()))
    target = clause.target.clause(words, kpi)
    title = _("{kpi}: target {target}; {share} of reviews miss it").format(
        kpi=label, target=target, share=share(drawn.missed)
    )
    says = _("{kpi} is {mean} in the mean.").format(kpi=label, mean=say(drawn.spread.mean))
    head = ("", _("mean"), "5%", _("median"), "95%", _("target"), _("reviews that miss it"))
    rows = tuple(
        (
            row,
            say(f.spread.mean),
            *(say(f.spread.quantiles[n]) for n in (0, 2, 4)),
            say(f.clause.target.level),
            share(f.missed),
        )
        for row, f in shown.items()
    )
    return Picture(title, says, axis, Axis.of_rows(list(shown)), marks, Figures(head, rows))


def _level_said(kpi: Kpi, words: Words) -> Say:
    def say(value: float) -> str:
        if math.isnan(value):
            return "–"
        # About as many digits as can be told apart in the picture.
        digits = 4 if kpi.unit == "1" else 2
        return _level(kpi.name, round(value, digits), words.language, words.currency)

    return say


@lru_cache(maxsize=4096)  # the marks of axes come again with every move
def _level(kpi: str, value: float, language: Language, currency: str) -> str:
    return Words(language, currency, {}).level(KPIS[kpi], value)


def plans_picture(priced: Priced, scales: Scales) -> Picture:
    """Draw what the supplier expects to earn under each of its plans; it takes the best."""
    currency = priced.scenario.currency
    outside = priced.scenario.outside_option.supplier_profit

    def say(value: float) -> str:
        return money(value, currency)

    names = {name: plan_label(priced.scenario, name) for name in priced.plans}
    marks: list[Mark] = [rule(_("outside option"), x=outside, colour=MUTED)]
    rows = []
    axis = scales.over("plans", [*priced.plans.values(), outside], say)
    for row, (name, profit) in enumerate(priced.plans.items()):
        is_best = name == priced.plan
        colour = SUPPLIER if is_best else MUTED
        start = min(max(0.0, axis.low), axis.high)
        sides = ["right", "left"] if profit >= start else ["left", "right"]
        marks.append(bar((start, profit), (row - 0.16, row + 0.16), colour, opacity=0.35))
        look = {"shape": "diamond", "bold": is_best, "sides": sides}
        marks.append(dot(profit, row, colour, say(profit), **look))
        rows.append((names[name], say(profit), _("yes") if is_best else ""))
    best = names[priced.plan]
    says = _("The supplier earns most with the plan “{plan}”: {profit}.").format(
        plan=best, profit=say(priced.plans[priced.plan])
    )
    head = (_("plan"), _("expected profit"), _("best for the supplier"))
    return Picture(
        _("The supplier's expected profit, by its plan"),
        says,
        axis,
        Axis.of_rows(list(names.values())),
        marks,
        Figures(head, tuple(rows)),
    )


def gains_strip(priced: Priced, scales: Scales) -> str:
    """Return both parties' gains as two bars of SVG, for a screen on which no chart has room.

    Bars begin where a party is as well off as without the draft.
    """
    parties = [(_("Supplier"), priced.supplier_gain, SUPPLIER)]
    if priced.buyer_gain:
        parties.insert(0, (_("Buyer"), priced.buyer_gain, BUYER))
    ends = [end for _said, gain, _colour in parties for end in (gain.mean, *gain.ci95)]
    axis = scales.over("gains", [0.0, *ends], str)

    def at(value: float) -> float:
        return 100 * (value - axis.low) / (axis.high - axis.low)

    rows = []
    for said, gain, colour in parties:
        left, right = sorted((at(0.0), at(gain.mean)))
        low, high = (at(end) for end in gain.ci95)
        amount = ("+" if gain.mean > 0 else "") + money(gain.mean, priced.scenario.currency)
        rows.append(
            f"<span>{escaped(said)}</span>"
            f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" height="14">'
            f'<rect x="{left:.2f}" y="2" width="{right - left:.2f}" height="6" fill="{colour}"/>'
            f'<path d="M{low:.2f} 5H{high:.2f}" stroke="{INK}" stroke-width="1.5"/>'
            f'<path d="M{at(0.0):.2f} 0V10" stroke="{INK}" stroke-width="0.6"/></svg>'
            f"<span>{escaped(amount)}</span>"
        )
    # The sentence above it says the same.
    return f'<div class="pbc-strip" aria-hidden="true">{"".join(rows)}</div>'


def zone_picture(contracts: Mapping[str, Priced], scales: Scales) -> Picture | None:
    """Draw who gains what; None where nobody knows what the buyer has without a contract."""
    first = next(iter(contracts.values()))
    if first.otherwise is None:
        return None
    currency = first.scenario.currency

    def say(value: float) -> str:
        return money(value, currency)

    shapes = ("circle", "square", "diamond", "cross")
    marks: list[Mark] = []
    rows = []
    buyers: list[float] = [0.0]
    suppliers: list[float] = [0.0]
    for n, (name, priced) in enumerate(contracts.items()):
        buyer, supplier = priced.buyer_gain, priced.supplier_gain
        if buyer is None:
            continue
        buyers += [buyer.mean, *buyer.ci95]
        suppliers += [supplier.mean, *supplier.ci95]
        colour = OTHER if n == 0 else INK if priced.in_zone else MUTED
        shape = "circle" if n == 0 else shapes[1 + (n - 1) % 3]
        look = {"shape": shape, "size": 7 if n == 0 else 5, "hollow": not priced.in_zone}
        marks.append(dot(supplier.mean, buyer.mean, colour, name, bold=n == 0, **look))
        rows.append(
            (
                name,
                f"{say(buyer.mean)} [{say(buyer.ci95[0])} – {say(buyer.ci95[1])}]",
                f"{say(supplier.mean)} [{say(supplier.ci95[0])} – {say(supplier.ci95[1])}]",
                _("yes") if priced.in_zone else _("no"),
            )
        )
    across = scales.over("supplier gain", suppliers, say, _("the supplier gains"))
    up = scales.over("buyer gain", buyers, say, _("the buyer gains"))
    zone = bar((max(0, across.low), across.high), (max(0, up.low), up.high), GOOD, opacity=0.1)
    cross = [rule("", x=0.0, dash="", colour=MUTED), rule("", y=0.0, dash="", colour=MUTED)]
    head = ("", _("the buyer gains"), _("the supplier gains"), _("both would sign"))
    draft = next(iter(contracts))
    says = (
        _("The draft lies in the zone of agreement.")
        if contracts[draft].in_zone
        else _("The draft lies outside the zone of agreement.")
    )
    return Picture(
        _(
            "Zone of agreement, the green field: the buyer gains against {otherwise}, the supplier "
            "against having no contract"
        ).format(otherwise=otherwise_said(first)),
        says,
        across,
        up,
        _drawn_last(zone, cross, marks),
        Figures(head, tuple(rows)),
        height=300,
        right=24,
    )


def _drawn_last(zone: Mark, cross: Sequence[Mark], marks: Sequence[Mark]) -> list[Mark]:
    """Return marks with the first one, the draft, over all others."""
    return [zone, *cross, *reversed(marks)]
