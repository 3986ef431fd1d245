"""The LLM writer: a model drafts from the passages; where no model can, the built-in writer does and says so."""

from collections.abc import Sequence
from dataclasses import replace

from bot.consult.builtin_writer import BuiltInWriter
from bot.consult.outcome import Draft, Passage, PromptUsed, Statement
from bot.llm.chain import ModelChain, ModelsAway
from bot.llm.model import Prompt, make_prompt
from bot.llm.schema import DraftedAnswer, DraftedStatement, read_answer
from knowledge.entry import Section, Unit
from knowledge.retrieval import Retrieved
from prompts import as_data

_MOST_CHARACTERS = 10_600
"""Characters of a whole prompt; with the ids in it about 2,700 tokens (docs/models.md)."""

_LEAST_FOR_PASSAGES = 3_700
_MOST_FOR_THREAD = 1_200


class ChatWriter:
    """Asks the models for a draft; where none can give one in time, the fallback writes and says so."""

    reads_thread = True

    def __init__(self, *, chain: ModelChain, fallback: BuiltInWriter, seconds: float) -> None:
        """Hold the models.

        Args:
            chain: the models, in the order in which they are asked.
            fallback: writes where no model does.
            seconds: for one answer, all attempts and models.
        """
        self._chain = chain
        self._fallback = fallback
        self._seconds = seconds

    async def write(
        self, question: str, passages: Sequence[Passage], retrieved: Retrieved, thread: Sequence[str] = ()
    ) -> Draft:
        """Return a model's draft with the curated wording, caution and close, or the built-in writer's.

        Args:
            question: as redacted.
            passages: at least one, best first.
            retrieved: gives each unit's nearness to the question.
            thread: earlier turns as redacted, oldest first.
        """
        curated = self._fallback.compose(passages, retrieved)
        prompt = answer_prompt(question, passages, retrieved, thread)
        try:
            given = await self._chain.ask(prompt, read_answer, seconds=self._seconds)
        except ModelsAway:
            return replace(curated, fell_back=True)
        answer = given.value
        if not answer.suggestions and not answer.not_covered:
            return curated
        return replace(
            curated,
            suggestions=tuple(_statement(one) for one in answer.suggestions),
            reading=_statement(answer.reading) if answer.reading else curated.reading,
            reflect=answer.ask_yourself or curated.reflect,
            writer=given.model,
            prompt=PromptUsed(prompt.template.name, prompt.template.version, prompt.template.digest),
            not_covered=answer.not_covered and not answer.suggestions,
            spare=curated,
        )


def answer_prompt(
    question: str, passages: Sequence[Passage], retrieved: Retrieved, thread: Sequence[str] = ()
) -> Prompt:
    """Return the prompt for an answer; with a thread, for a follow-up."""
    name = "follow-up" if thread else "answer"
    values = {"question": as_data(question), "passages": ""}
    if thread:
        values["thread"] = as_data(thread_text(thread))
    bare = make_prompt(name, values, DraftedAnswer)
    taken = len(bare.system) + len(bare.user) + len(bare.instructions)
    room = max(_LEAST_FOR_PASSAGES, _MOST_CHARACTERS - taken)
    return make_prompt(name, {**values, "passages": _listing(passages, retrieved, room)}, DraftedAnswer)


def thread_text(thread: Sequence[str]) -> str:
    """Return the last turns that fit, oldest first, each on its own line."""
    kept: list[str] = []
    left = _MOST_FOR_THREAD
    for turn in reversed(thread):
        line = "- " + " ".join(turn.split())
        if len(line) > left:
            line = line[:left]
        kept.insert(0, line)
        left -= len(line)
        if left <= 0:
            break
    return "\n".join(kept)


def _listing(passages: Sequence[Passage], retrieved: Retrieved, room: int) -> str:
    """Return the units with their ids in the cards' order; where they are too long, the nearest to the question."""
    units = [unit for passage in passages for unit in passage.card.units]
    first = {passage.card.id: -place for place, passage in enumerate(passages)}

    def worth(unit: Unit) -> tuple[bool, float]:
        own_caution = unit.section is Section.CAUTION and first[unit.card_id] == 0
        return own_caution, retrieved.unit_nearness.get(unit.id, 0.0) + 0.1 * first[unit.card_id]

    kept: set[str] = set()
    for unit in sorted(units, key=worth, reverse=True):
        room -= len(_line(unit)) + 1
        if room < 0:
            break
        kept.add(unit.id)
    return "\n".join(_line(unit) for unit in units if unit.id in kept)


def _line(unit: Unit) -> str:
    return f"{unit.id}: {as_data(unit.text)}"


def _statement(drafted: DraftedStatement) -> Statement:
    return Statement(drafted.text, tuple(dict.fromkeys(drafted.cites)))
