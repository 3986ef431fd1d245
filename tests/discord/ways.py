"""Words and steps that many tests of the process share."""

from bot.consult.notice import notice_version
from bot.settings import Settings
from bot.storage.store import open_store
from tests.loopback import Answer, Person
from tests.loopback.process import BotProcess

QUESTION = "she just says 'fine' since I cut her off"
CLOSE = "**Bring to supervision:**"
NOTICE = "**Before the first answer**"
AGREE = "I understand, go on"

CALLBACK = r"POST /interactions/\d+/\S+/callback"
MESSAGE = r"(PATCH|POST) /webhooks/"


def consult(person: Person, question: str = QUESTION) -> Answer:
    """Let somebody ask by the slash command."""
    return person.slash("consult", question=question)


async def settle(person: Person) -> Person:
    """Let somebody see the notice and agree to it, where they are."""
    notice = await consult(person).says(NOTICE)
    await notice.press(AGREE).says(CLOSE)
    return person


async def agreed(process: BotProcess, person: Person) -> Person:
    """Let somebody have agreed to the notice where they are: the records say so, as if they had been here before."""
    async with open_store(Settings(data_dir=process.data)) as store:
        version = notice_version(model=False, model_notice=None)
        await store.consents.give(person.user.id, person.at.guild_id, notice=version)
    return person


def times_answered(answer: Answer) -> int:
    """Return how many whole answers somebody got."""
    return answer.text.count(CLOSE)
