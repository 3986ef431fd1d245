"""Clauses put together hold what they hold alone; an explanation counts where it comes first."""

from bot.evals.fit_rehearsal import composed
from bot.evals.rehearsal import Labelled
from bot.rehearse.seen import Feature

_POOL = [*(Labelled(f"{feature} here.", frozenset({feature})) for feature in Feature), Labelled("Mm.", frozenset())]


def test_a_line_put_together_holds_what_its_clauses_hold() -> None:
    for item in composed(_POOL, 200):
        held = {feature for feature in Feature if feature in item.line}
        late = {Feature.EXPLAINED_FIRST} if not item.line.startswith(Feature.EXPLAINED_FIRST) else set()
        assert item.features == held - late


def test_the_same_seed_makes_the_same_lines() -> None:
    assert composed(_POOL, 20) == composed(_POOL, 20)
