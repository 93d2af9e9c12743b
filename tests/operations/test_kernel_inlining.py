"""A rule becomes a part of the rules that call it: compiled once, and in the place of its calls."""

from typing import NamedTuple

import pytest

numba = pytest.importorskip("numba", reason="the compiled engine comes with the extra `fast`")


class Known(NamedTuple):
    seldom: bool | None
    of_a_site: bool | None
    number: int


@pytest.fixture
def rules():
    from pbc_sim.operations.kernel.compiled import FLAGS, compiled, njit
    from pbc_sim.operations.kernel.passing import reference

    @compiled
    def added(given, numbers, more):
        total = more + given.number
        for number in numbers:
            total += number
        return total

    @njit(**FLAGS)
    def several(known, n):
        given = reference(known)
        return (
            added(given, (n, 1, 2), 10) + added(given, (n, n, 3), 20) + added(given, (0, 0, 0), n)
        )

    return added, several


def takes_its_calls_place(rule):
    (compiled,) = rule.overloads.values()
    return "alwaysinline" in compiled.library.get_llvm_str()


def test_a_rule_that_is_called_with_different_constants_is_compiled_once(rules):
    added, several = rules

    assert several(Known(None, None, 100), 5) == 118 + 133 + 105
    assert len(added.overloads) == 1


def test_a_rule_stands_in_the_place_of_its_calls_unless_a_site_or_seldom_ones_have_it_too(rules):
    added, several = rules
    for more in (Known(True, None, 0), Known(None, True, 0), Known(True, True, 0)):
        several(more, 5)
        assert not takes_its_calls_place(added)
        added.overloads.clear()

    several(Known(None, None, 0), 5)

    assert takes_its_calls_place(added)


def test_what_is_given_tells_whether_there_is_more():
    from pbc_sim.operations.kernel.inlining import WHERE_THERE_IS_MORE
    from pbc_sim.operations.kernel.layout import Given

    assert set(WHERE_THERE_IS_MORE) <= set(Given._fields)
