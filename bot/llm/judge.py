"""A second model as judge of what a first one wrote: it may find a statement unsupported, never supported."""

from collections.abc import Mapping, Sequence

from bot.consult.outcome import Statement
from bot.llm.chain import ModelChain, ModelsAway
from bot.llm.model import make_prompt
from bot.llm.parsing import UnreadableAnswer, parse_object
from bot.llm.schema import DraftedVerdicts
from knowledge.entry import Unit
from prompts import as_data


class ModelJudge:
    """Reads statements against the units that they cite."""

    def __init__(self, *, chain: ModelChain, seconds: float) -> None:
        """Hold the model and its time."""
        self._chain = chain
        self._seconds = seconds

    @property
    def name(self) -> str:
        """`provider:model`."""
        return self._chain.name

    async def unsupported(self, statements: Sequence[Statement], units: Mapping[str, Unit]) -> frozenset[int] | None:
        """Return the places of the statements that the judge finds unsupported; None where it did not judge.

        Args:
            statements: each cites units that are there.
            units: by id.
        """
        blocks = [
            f"{number}. <statement>{as_data(one.text)}</statement>\n"
            + "\n".join(f"   passage: {as_data(units[cite].text)}" for cite in one.cites)
            for number, one in enumerate(statements, 1)
        ]
        prompt = make_prompt("judge", {"statements": "\n\n".join(blocks)}, DraftedVerdicts, system=False)
        try:
            verdicts = (await self._chain.ask(prompt, _read, seconds=self._seconds)).value
        except ModelsAway:
            return None
        return frozenset(place for place in range(len(statements)) if verdicts.get(place + 1) is False)


def _read(text: str) -> dict[int, bool]:
    listed = parse_object(text, wanted=("verdicts",)).get("verdicts")
    if not isinstance(listed, list):
        raise UnreadableAnswer("verdicts are no list")
    return {
        int(one["number"]): one["supported"]
        for one in listed
        if isinstance(one, dict) and isinstance(one.get("number"), float) and isinstance(one.get("supported"), bool)
    }
