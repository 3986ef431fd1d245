"""Words and steps that many tests of the process share."""

from tests.loopback import Answer, Person

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


def times_answered(answer: Answer) -> int:
    """Return how many whole answers somebody got."""
    return answer.text.count(CLOSE)
