"""The supervision note in Discord: private, redacted, edited by section, and forgotten."""

from typing import Any

import pytest
from simcord.results import InteractionResult

from bot.consult.outcome import Answered
from bot.consult.reply import Composer
from bot.note.sections import STAMP, TITLES, Section
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom, Room
from tests.cogs.fakes import FakeConsultant, answered

_QUESTION = "my client has gone quiet since I was late"


def _texts(components: Any) -> str:  # noqa: ANN401  # as simcord gives them
    found = []
    for component in components:
        if component["type"] == 10:
            found.append(component["content"])
        found.append(_texts(component.get("components", [])))
    return "\n".join(part for part in found if part)


def _seen(result: InteractionResult) -> str:
    assert result.response is not None
    assert result.response.ephemeral
    return _texts(result.response.components)


async def _edited(room: Room, section: Section, text: str) -> str:
    """Begin a note, type a text into a section, and return what the counselor sees then."""
    shown = await _note(room)
    assert shown.response is not None
    form = await room.counselor.select(shown.response, [section.value])
    assert form.modal is not None
    return _seen(await room.counselor.submit_modal(form, {"text": text}))


async def _note(room: Room) -> InteractionResult:
    answer = await room.counselor.slash(room.channel, "consult", question=_QUESTION)
    assert answer.response is not None
    return await room.counselor.click(answer.response, label="Note for supervision")


def _answer(corpus: Corpus) -> Answered:
    return answered(corpus)


async def test_a_note_is_drawn_from_the_answer_and_seen_by_the_counselor_alone(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_answer(corpus)), composer) as room:
        note = _seen(await _note(room))

        assert STAMP in note
        assert all(title in note for title in TITLES.values())
        assert "What might I be missing?" in note
        assert "your supervisor by phone" in note.splitlines()[-1]
        assert room.env.errors == []


async def test_a_section_is_edited_in_a_form_and_what_identifies_is_taken_out(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_answer(corpus)), composer) as room:
        seen = await _edited(room, Section.MY_PART, "I was late with Maria and made a joke of it")
        assert "I was late with [name] and made a joke of it" in seen
        assert "1 name" in seen
        assert "Maria" not in seen


async def test_danger_typed_into_a_section_brings_the_steps_and_nothing_is_put_into_the_note(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_answer(corpus)), composer) as room:
        seen = await _edited(room, Section.NOTICED, "there is danger tonight")
        assert "911" in seen
        assert "danger tonight" not in seen


async def test_a_text_that_cannot_be_redacted_leaves_the_section_as_it_was(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_answer(corpus)), composer) as room:
        seen = await _edited(room, Section.NOTICED, "withheld words")
        assert "withheld words" not in seen
        assert "left the section as it was" in seen


@pytest.mark.parametrize(("label", "start"), [("As PDF", b"%PDF-"), ("As Markdown", b"# Note for supervision")])
async def test_the_note_is_given_as_a_file_with_the_stamp(
    label: str, start: bytes, enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_answer(corpus)), composer) as room:
        shown = await _note(room)
        assert shown.response is not None
        given = await room.counselor.click(shown.response, label=label)
        assert given.response is not None
        assert given.response.ephemeral
        assert STAMP in given.response.content
        (file,) = given.response.attachments
        assert (await file.read()).startswith(start)
        assert room.env.errors == []


async def test_a_forgotten_note_says_so_and_its_buttons_do_nothing_more(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_answer(corpus)), composer) as room:
        shown = await _note(room)
        assert shown.response is not None
        message = shown.response
        form = await room.counselor.select(message, [Section.NOTICED.value])
        assert "Forgotten." in _seen(await room.counselor.click(message, label="Forget it"))
        edited = await room.counselor.submit_modal(form, {"text": "more"})
        assert "no longer hold this note" in _seen(edited)


async def test_the_command_begins_from_the_last_answer_here_or_with_an_empty_note(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(_answer(corpus)), composer) as room:
        empty = await room.counselor.slash(room.channel, "supervision note")
        assert "What might I be missing?" not in _seen(empty)
        await room.counselor.slash(room.channel, "consult", question=_QUESTION)
        full = await room.counselor.slash(room.channel, "supervision note")
        assert "What might I be missing?" in _seen(full)
