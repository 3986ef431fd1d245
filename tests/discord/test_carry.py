"""What an answer becomes, against the process, with a kill in the middle: a rehearsal, another view, a note."""

import pytest

from tests.discord.ways import CLOSE, consult
from tests.loopback import Answer, Person
from tests.loopback.process import BotProcess
from tests.loopback.reading import text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

_DANGER = "My client just texted me goodbye and says he took all his pills tonight"
_FORM = "What do you say to them?"


def _ends_with_the_close(answer: Answer) -> bool:
    """Tell whether what a person reads last, but for the buttons, is whom to phone."""
    lines = [line for line in text_of(answer.messages[-1]).splitlines() if not line.startswith("[")]
    return "by phone." in lines[-1]


async def _say(shown: Answer, button: str, line: str) -> Answer:
    return await (await shown.press(button).modal()).submit({_FORM: line}).done()


async def test_a_rehearsal_has_feedback_and_a_summary_and_is_gone_after_a_kill(
    maria: Person, process: BotProcess
) -> None:
    begun = await maria.slash("rehearse", scenario="polite-since-late").says("the sixth session")
    asked = await (await _say(begun, "Say a line", "What was the wait like for you?")).says("You made room")
    steps = await (await _say(asked, "Say the next line", _DANGER)).says("911")
    again = await begun.press("Say a line").says("was said already")
    ended = await asked.press("End with a summary").says("1. asked")

    fresh = await maria.slash("rehearse", scenario="joke-went-flat").says("driving test")
    open_form = await fresh.press("Say a line").modal()
    await process.kill()
    await process.start()
    lost = await open_form.submit({_FORM: "I joked, and that was mine."}).says("not over a restart")

    for answer in (begun, asked, steps, again, ended, lost):
        assert answer.is_private
        assert _ends_with_the_close(answer)
    assert "wait like" not in process.errors


async def test_another_view_and_a_note_are_given_and_say_kindly_that_they_are_gone_after_a_kill(
    maria: Person, process: BotProcess
) -> None:
    answer = await consult(maria).says(CLOSE)
    views = await answer.press("See it another way").says("Another way to see it")
    note = await answer.press("Note for supervision").says("Not the clinical record")
    form = await note.choose("My part").modal()
    await process.kill()
    await process.start()

    no_views = await answer.press("See it another way").says("not over a restart")
    no_note = await form.submit({"My part": "I spoke too soon."}).says("not over a restart")
    steps = (
        await (await (await maria.slash("supervision note").done()).choose("My part").modal())
        .submit({"My part": _DANGER})
        .says("911")
    )

    for each in (answer, views, note, no_views, no_note, steps):
        assert each.is_private
        assert _ends_with_the_close(each)
