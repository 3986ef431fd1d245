"""What a consultation reads for danger and language: raw words in process, and redacted ones once more by a model."""

import asyncio
from collections.abc import Sequence

from bot.consult.course import Course, StageFailedError
from bot.consult.ports import CrisisScreen, LanguageScreen, SecondReader
from bot.safety.verdicts import CALM, SCREEN_FAILED, Alarm

_SECONDS_FOR_SECOND_LOOK = 5.0


class Alarms:
    """The screens for danger and language; a failing danger screen is danger, a failing language screen is English."""

    def __init__(self, *, crisis: CrisisScreen, language: LanguageScreen, second_look: SecondReader | None) -> None:
        """Hold the screens; the second look is left out where None."""
        self._crisis = crisis
        self._language = language
        self._second_look = second_look

    async def of(self, question: str, thread: Sequence[str], course: Course) -> Alarm:
        """Read a raw text alone and with its thread."""
        if not question.strip() and not thread:
            return CALM
        try:
            return await course.stage("crisis", lambda: self._crisis.read(question, thread))
        except StageFailedError:
            return SCREEN_FAILED

    async def of_all(self, question: str, reflection: str, thread: Sequence[str], course: Course) -> Alarm:
        """Read a raw question, and what was reflected on it, of which either may tell of danger."""
        alarm = await self.of(question, thread, course)
        if not reflection:
            return alarm
        beside = await self.of(reflection, [*thread, question], course)
        return max(alarm, beside, key=lambda one: one.level)

    async def foreign(self, question: str, course: Course) -> str | None:
        """Return a text's language where it is clearly not English."""
        if not question.strip():
            return None
        try:
            return await course.stage("language", lambda: self._language.read(question))
        except StageFailedError:
            return None

    async def again(self, question: str, alarm: Alarm, course: Course) -> Alarm:
        """Let a model read a redacted text once more, where one may; it can raise the level only."""
        if self._second_look is None or not course.models:
            return alarm
        try:
            with course.timed("second_look"):
                async with asyncio.timeout(_SECONDS_FOR_SECOND_LOOK):
                    seen = await self._second_look.read(question)
        except StageFailedError:
            return alarm
        return max(alarm, seen, key=lambda one: one.level)
