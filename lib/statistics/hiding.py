"""Hide small numbers in a whole that is reported in parts, so that no one can compute them.

Readers know these rules too. Even so, more than one number fits each hidden one below the bound,
and each may be one less than the bound, or more: tests/test_hiding.py tries all wholes up to a
size.
"""

from collections.abc import Collection, Mapping


def shown_parts(parts: Mapping[str, int], bound: int) -> frozenset[str]:
    """Return which parts may be shown together with their sum.

    Parts below the bound are hidden. If their sum would tell about one of them, the smallest of
    the others is hidden too, and whatever is just as small.
    """
    small = [number for number in parts.values() if number < bound]
    large = {name: number for name, number in parts.items() if number >= bound}
    if not small or tells_little(small, bound):
        return frozenset(large)
    least = min(large.values(), default=0)
    return frozenset(name for name, number in large.items() if number > least)


def tells_little(small: Collection[int], bound: int) -> bool:
    """Tell whether the sum of numbers below the bound lets each be 0, and be the largest such."""
    return bound <= sum(small) <= (len(small) - 1) * (bound - 1)


def may_show_sum(total: int, hidden: Collection[int], bound: int) -> bool:
    """Tell whether the sum of several wholes may be shown, some of which were hidden as small."""
    return total >= bound and (not hidden or tells_little(hidden, bound))
