"""A second reading of danger, by a model, on the redacted text; whoever asks for it lets it raise a level only."""

from bot.llm.chain import ModelChain, ModelsAway
from bot.llm.model import make_prompt
from bot.llm.parsing import UnreadableAnswer, parse_object
from bot.llm.schema import DraftedLook
from bot.safety.verdicts import CALM, Alarm, Audience, Danger, Level
from prompts import as_data


class SecondLook:
    """Reads one redacted question for danger."""

    def __init__(self, *, chain: ModelChain, seconds: float) -> None:
        """Hold the models and their time."""
        self._chain = chain
        self._seconds = seconds

    async def read(self, question: str) -> Alarm:
        """Return what a model reads; calm where none could read in time."""
        prompt = make_prompt("second-look", {"question": as_data(question)}, DraftedLook, system=False)
        try:
            return (await self._chain.ask(prompt, _read, seconds=self._seconds)).value
        except ModelsAway:
            return CALM


def _read(text: str) -> Alarm:
    found = parse_object(text, wanted=("level",))
    level = found.get("level")
    if not isinstance(level, str) or level.upper() not in Level.__members__:
        raise UnreadableAnswer("no level")
    danger, audience = found.get("danger"), found.get("audience")
    return Alarm(
        Level[level.upper()],
        Danger(danger) if danger in {one.value for one in Danger} else Danger.UNKNOWN,
        Audience(audience) if audience in {one.value for one in Audience} else Audience.OTHER,
    )
