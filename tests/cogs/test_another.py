"""**See it another way**: the cards' questions, seen by the asker alone, and a kind word once the answer is gone."""

from bot.consult.reply import Composer
from bot.consult.viewpoints import TITLES
from knowledge.entry import Corpus
from tests.cogs.conftest import EnterRoom
from tests.cogs.fakes import FakeConsultant, answered
from tests.cogs.shown import last_of, shown_to_one

_LABEL = "See it another way"


async def test_the_questions_of_every_viewpoint_are_shown_to_the_asker_with_the_close_last(
    enter_room: EnterRoom, composer: Composer, corpus: Corpus
) -> None:
    async with enter_room(FakeConsultant(answered(corpus)), composer) as room:
        answer = await room.counselor.slash(room.channel, "consult", question="my client went quiet")
        told = "\n".join(shown_to_one(await room.counselor.click(last_of(answer), label=_LABEL)))
        assert all(title in told for title in TITLES.values())
        assert "your supervisor by phone" in told.splitlines()[-1]
        assert room.env.errors == []


async def test_an_answer_that_is_gone_says_so(enter_room: EnterRoom, composer: Composer, corpus: Corpus) -> None:
    async with enter_room(FakeConsultant(answered(corpus)), composer) as room:
        answer = await room.counselor.slash(room.channel, "consult", question="my client went quiet")
        await room.restart(FakeConsultant(), composer)
        told = "\n".join(shown_to_one(await room.counselor.click(last_of(answer), label=_LABEL)))
        assert "I no longer hold this answer" in told
