"""Sets the lines between the screens' levels on the tuning questions, which no part of the screens was fitted on.

The last step of `make screens`; alone, by `make thresholds`, after the tuned layers changed.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.evals.questions import answerable, read_questions
from bot.safety.danger import Readers, fused
from knowledge.embedding import MiniLmEmbedder
from knowledge.ridge import Numbers
from knowledge.screens.model import Scale, ScreenModel, load_screen_model
from knowledge.tuned import TunedModel, load_tuned_model

_CRISIS_QUANTILE, _CAUTION_QUANTILE = 0.985, 0.88
"""Shares of answerable tuning questions that stay below each line."""

_AUDIENCE = (1.0, 0.15, 0.3, 0.0)
"""Weights of the kinds' lead by words, of the networks' mean, of the kinds' lead by the tuned layers, and what is
added; compared on lines whose writers were left out (docs/screens.md)."""

_IDENTIFIER = 0.4
"""How likely a word must be an identifier; chosen on a writer left out and the tuning questions (docs/screens.md)."""

_TUNING = (Path("tests/evals/tuning.jsonl"), Path("tests/evals/tuning-2.jsonl"))


def main() -> None:
    """Set the lines of the shipped model, and write it."""
    settled(load_screen_model(), load_tuned_model(), MiniLmEmbedder(threads=2)).save()


def settled(model: ScreenModel, tuned: TunedModel, embedder: MiniLmEmbedder) -> ScreenModel:
    """Return the model with its scales and lines set.

    Args:
        model: the fitted parts; of its card only what is not set here counts.
        tuned: the tuned layers that read beside them.
        embedder: the shipped embedder.
    """
    questions = tuning_questions()
    of_danger = Readers(embedder, model.danger_networks, model.danger, tuned).readings(questions)
    danger_scale = _scale(np.concatenate(of_danger))
    danger = [fused(one, danger_scale) for one in of_danger]
    read = embedder.read(questions)
    of_scope = [
        np.mean([network.scores(read) for network in model.scope_networks], axis=0),
        model.scope.scores(questions, np.stack([one.vector for one in read]))[:, 0],
        np.array([tuned.read(one).outputs["scope"][0] for one in read]),
    ]
    card = replace(
        model.card,
        danger_scale=danger_scale,
        scope_scale=_scale(np.column_stack(of_scope)),
        crisis=_line([one.crisis for one in danger], _CRISIS_QUANTILE),
        caution=_line([one.caution for one in danger], _CAUTION_QUANTILE),
        audience=_AUDIENCE,
        identifier=_IDENTIFIER,
    )
    return replace(model, card=card)


def _scale(readings: Numbers) -> Scale:
    return tuple((round(float(one.mean()), 4), round(float(one.std()), 4)) for one in readings.T)


def _line(scores: Sequence[float], below: float) -> float:
    return round(float(np.quantile(scores, below)), 4)


def tuning_questions() -> list[str]:
    """Return the answerable tuning questions that tell of no danger."""
    questions = [one for file in _TUNING for one in answerable(read_questions(file).questions)]
    return [question.text for question in questions if "crisis" not in question.expect.behaviours]


if __name__ == "__main__":
    main()
