"""The second look at danger, and the judge: each can only make an answer safer."""

import json
from pathlib import Path

import pytest

from bot.consult.grounding import Grounder
from bot.consult.outcome import Draft, PromptUsed, Statement
from bot.llm.budget import Budget
from bot.llm.chain import Limits, ModelChain
from bot.llm.judge import ModelJudge
from bot.llm.model import ModelTrouble
from bot.llm.second_look import SecondLook
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level
from knowledge.entry import Corpus
from tests.llm.fakes import FakeModel, FakeTime


def _chain(folder: Path, outcome: str | Exception) -> ModelChain:
    limits = Limits(attempt=5.0, retries=0, concurrency=2, tokens=100)
    return ModelChain(
        [FakeModel("m:judge", outcome)], limits=limits, budget=Budget(folder, 0), chance=FakeTime().chance()
    )


@pytest.mark.parametrize(
    ("said", "alarm"),
    [
        ({"level": "crisis", "danger": "suicide", "audience": "other"}, Alarm(Level.CRISIS, Danger.SUICIDE)),
        (
            {"level": "CRISIS", "danger": "counselor", "audience": "self"},
            Alarm(Level.CRISIS, Danger.COUNSELOR, Audience.SELF),
        ),
        ({"level": "caution", "danger": "made up", "audience": 3}, Alarm(Level.CAUTION)),
        ({"level": "calm"}, CALM),
        ({"level": "certain"}, CALM),
        ({"level": 3}, CALM),
        ({}, CALM),
    ],
)
async def test_a_second_look_is_read_and_what_cannot_be_read_is_calm(
    tmp_path: Path, said: dict[str, object], alarm: Alarm
) -> None:
    assert await SecondLook(chain=_chain(tmp_path, json.dumps(said)), seconds=5.0).read("she is so calm now") == alarm


def _draft(corpus: Corpus) -> tuple[Draft, list[Statement]]:
    card = corpus.by_id["silence"]
    paraphrases = [
        Statement("Ask about the silence itself, with one soft observation.", ("silence#s3",)),
        Statement("Wait longer than is comfortable, and let someone who needs time finish.", ("silence#s2",)),
        Statement(card.units[2].text, (card.units[2].id,)),
    ]
    prompt = PromptUsed("answer", 2, "0")
    return Draft(tuple(paraphrases), None, None, None, "Why?", "What?", "m:one", prompt=prompt), paraphrases


async def test_a_judge_takes_down_what_the_code_let_stand_and_is_named(tmp_path: Path, corpus: Corpus) -> None:
    said = {"verdicts": [{"number": 1, "supported": False}, {"number": 2, "supported": True}]}
    judge = ModelJudge(chain=_chain(tmp_path, json.dumps(said)), seconds=5.0)
    draft, paraphrases = _draft(corpus)
    grounded = await Grounder(judge=judge).ground(draft, corpus.by_id["silence"].units)
    assert list(grounded.draft.suggestions) == paraphrases[1:]
    assert (grounded.dropped, grounded.judge) == (1, "m:judge")


@pytest.mark.parametrize("outcome", [ModelTrouble("away", passing=False), "no JSON", '{"verdicts": 3}'])
async def test_a_judge_that_does_not_judge_changes_nothing(
    tmp_path: Path, corpus: Corpus, outcome: str | Exception
) -> None:
    draft, paraphrases = _draft(corpus)
    judge = ModelJudge(chain=_chain(tmp_path, outcome), seconds=5.0)
    grounded = await Grounder(judge=judge).ground(draft, corpus.by_id["silence"].units)
    assert list(grounded.draft.suggestions) == paraphrases
    assert (grounded.dropped, grounded.judge) == (0, None)
