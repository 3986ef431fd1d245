"""One group, set up by its owner's commands, against the process: sharing, on call, the note, supervisors, privacy."""

import asyncio
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.settings import Settings
from bot.storage.store import open_store
from tests.discord.ways import CLOSE, QUESTION, agreed, consult
from tests.loopback import Answer, LoopbackDiscord, Person
from tests.loopback.process import BotProcess
from tests.loopback.reading import buttons, text_of
from tests.loopback.state import PUBLIC_THREAD, Channel, Message, Role

pytestmark = pytest.mark.asyncio(loop_scope="module")

_DANGER = "My client just texted me goodbye and says he took all his pills tonight"
_MISSED = "who pays for a missed hour"
_SIGNED = {"Role": "clinical supervisor", "Licence": "LPC-S", "Jurisdiction": "Texas"}
_ANSWER = {
    "Title": "Fees after a missed hour",
    "Questions that it answers": f"they will not pay for the hour they missed\n{_MISSED}",
    "What to consider": "Name the rule about missed hours once, and ask what the bill felt like.",
    "Words to try, cautions, sources": "Source: House rules 2026",
}
_SECONDS_TO_PUBLISH = 20.0
_SILENT = "Only to think of, not to type"
_REFLECTED = {
    "What do you think happened between you?": "she is just resistant",
    "What did you feel?": "relieved when she left",
}


@dataclass(frozen=True)
class Group:
    """A server as its owner has set it up.

    Attributes:
        owner: who manages it.
        channel: is open.
        review: is the review channel.
        supervisors, on_call: roles.
        answers: to the owner's commands, in order.
    """

    owner: Person
    channel: Channel
    review: Channel
    supervisors: Role
    on_call: Role
    answers: list[Answer]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def group(discord_here: LoopbackDiscord, process: BotProcess, channel: Channel) -> Group:
    """Set the server up by `/setup`, command by command."""
    del process
    guild = discord_here.world.guilds[channel.guild_id or 0]
    review = discord_here.channel(guild, "review")
    supervisors = discord_here.role(guild, "supervisors")
    on_call = discord_here.role(guild, "on call", mentionable=True)
    owner = discord_here.owner(channel)
    answers = [
        await owner.slash("setup roles", supervisor=supervisors, on_call=on_call).says("That is set."),
        await owner.slash("setup channels", open=channel, review=review).says("That is set."),
        await owner.slash("setup region", region="us").says("That is set."),
        await owner.slash("setup threads", visibility="public").says("That is set."),
        await owner.slash("setup retention", days=30).says("That is set."),
    ]
    listed = await owner.slash("setup features").done()
    answers.append(await listed.choose("Mentions", "On-call button").says("That is set."))
    form = await owner.slash("setup reviewed", region="us").modal()
    answers.append(await form.submit(_SIGNED).says("reviewed by a clinical supervisor"))
    return Group(owner, channel, review, supervisors, on_call, answers)


@pytest_asyncio.fixture(loop_scope="module")
async def maria(discord_here: LoopbackDiscord, group: Group, process: BotProcess) -> Person:
    """A counselor who has agreed to the notice, another one in each test."""
    return await agreed(process, discord_here.person("maria", group.channel))


async def _supervisor(discord_here: LoopbackDiscord, group: Group, process: BotProcess, name: str) -> Person:
    return await agreed(process, discord_here.person(name, group.channel, group.supervisors))


async def test_a_server_is_set_up_command_by_command_and_shows_how_it_stands(group: Group) -> None:
    shown = await group.owner.slash("setup show").says("This server's settings")

    texts = await shown.press("Read the crisis texts").says("These are all of them")

    assert all(answer.is_private for answer in [*group.answers, shown, texts])
    for line in (
        f"**Supervisor role:** <@&{group.supervisors.id}>",
        f"**On-call role:** <@&{group.on_call.id}>",
        f"**Open channels:** <#{group.channel.id}>",
        f"**Review channel:** <#{group.review.id}>",
        "**Crisis texts for it reviewed by:** clinical supervisor, LPC-S, Texas",
        "**My threads:** public",
        "**Rows about questions are kept for:** 30 days",
        "**Switched on:** Mentions, On-call button",
        "Nothing is open.",
    ):
        assert line in shown.text
    assert shown.messages[0].pinged == set()


async def test_an_answer_is_shared_after_a_preview_and_read_by_everyone(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    answer = await consult(maria).says(CLOSE)
    preview = await answer.press("Share with the channel").says("This would be posted here")
    other = discord_here.person("other", maria.at)
    before = len(other.heard())

    done = await preview.press("Post it here").says("Posted.")

    posted = other.heard()[before:]
    assert preview.is_private
    assert "Shared from a private consultation" in text_of(posted[0])
    assert CLOSE in text_of(posted[-1])
    assert all(message.pinged == set() for message in posted)
    assert "[Post it here]" not in done.text


async def test_a_kill_ends_neither_a_call_of_the_on_call_role_nor_a_supervisors_floor(
    maria: Person, group: Group, discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    steps = await consult(maria, _DANGER).says("911")
    asked = await steps.press("Call our on-call volunteer").says("It files no report. Keep phoning.")
    again = await steps.press("Call our on-call volunteer").says("It files no report. Keep phoning.")
    # Not maria's: after danger she would be answered with steps only.
    jo = await agreed(process, discord_here.person("jo", group.channel))
    thread = await _thread(jo, discord_here)
    supervisor = await _supervisor(discord_here, group, process, "anna")
    supervisor.go(thread).say("let me come in here")
    await _until_kept(process, thread)
    called = await asked.press("Ping them").says("Posted in")

    await process.kill()
    await process.start()
    told = await again.press("Ping them").says("pinged already")
    mentioned = jo.go(thread).say("and if he says nothing again?", mention=True)
    quiet = await jo.go(thread).hears("I leave the floor to them", after=mentioned)

    (post,) = [each for each in maria.go(group.review).heard() if "asks for the on-call volunteer" in text_of(each)]
    assert post.pinged == {group.on_call.id}
    assert "pills" not in text_of(post)
    assert called.is_private
    assert told.is_private
    assert thread.kind == PUBLIC_THREAD
    assert quiet.reference == mentioned.id


async def _thread(person: Person, discord_here: LoopbackDiscord) -> Channel:
    """Let somebody mention the bot, and return the thread in which it answers."""
    person.say(QUESTION, mention=True)
    world = discord_here.world
    thread = await world.changes.until(
        lambda: next((each for each in world.channels.values() if each.parent_id == person.at.id), None),
        what="a thread",
    )
    await person.go(thread).hears(CLOSE)
    return thread


async def _until_kept(process: BotProcess, thread: Channel) -> None:
    """Wait until the records, which another process writes, say that a supervisor has the floor."""
    async with asyncio.timeout(_SECONDS_TO_PUBLISH), open_store(Settings(data_dir=process.data)) as store:
        while not await store.floors.is_taken(thread.id):  # noqa: ASYNC110  # the other process sets no event
            await asyncio.sleep(0.05)


async def test_an_answer_becomes_a_note_that_is_edited_taken_along_and_forgotten(maria: Person) -> None:
    answer = await consult(maria).says(CLOSE)
    note = await answer.press("Note for supervision").says("Note for supervision")

    form = await note.choose("My part").modal()
    edited = await form.submit({"My part": "I spoke too soon."}).says("I spoke too soon.")
    as_pdf = await edited.press("As PDF").says(".pdf)")
    as_text = await edited.press("As Markdown").says(".md)")
    done = await edited.press("Forget it").says("Forgotten.")
    begun = await maria.slash("supervision note").says("Note for supervision")

    assert all(each.is_private for each in (note, as_pdf, as_text, done, begun))
    assert "Not the clinical record" in as_pdf.text
    assert "I spoke too soon." not in begun.text


async def test_what_a_person_chooses_for_themselves_holds_from_the_next_answer_on(maria: Person) -> None:
    await maria.slash("my region", region="neutral").says("`neutral`")
    await maria.slash("my text", form="plain").says("as plain text")
    await maria.slash("my writer", writer="built_in").says("built-in writer alone")
    about = await maria.slash("about").says("What it is not")

    plain = await consult(maria).says(CLOSE)

    assert "in this server reviewed by a clinical supervisor" in about.text
    assert plain.messages[0].content
    assert "911" not in plain.text
    assert about.is_private


async def test_what_is_kept_of_a_person_is_given_out_and_erased(maria: Person) -> None:
    answer = await consult(maria).says(CLOSE)
    await answer.press("Helpful").says("noted as helpful")
    shown = await maria.slash("privacy show").says("**1 question**")
    exported = await maria.slash("privacy export").says("(file what-is-kept-of-me.json)")
    asked = await maria.slash("privacy forget-me").says("It cannot be undone")

    erased = await asked.press("Erase it all").says("Erased: 1 row about a question")
    after = await maria.slash("privacy show").says("Nothing is kept of you.")
    notice = await consult(maria).says("Before the first answer")
    policy = await maria.slash("privacy policy").says("for 30 days")

    assert all(each.is_private for each in (shown, exported, asked, erased, after, notice, policy))


async def test_an_answer_of_the_supervisors_is_written_approved_by_another_and_then_found(
    maria: Person, group: Group, discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    anna = await _supervisor(discord_here, group, process, "anna")
    ben = await _supervisor(discord_here, group, process, "ben")
    draft = await (await anna.slash("curate new").modal()).submit(_ANSWER).says("Kept as a draft, revision 1")
    await draft.press("Submit for approval").says("Submitted.")
    refused = await maria.slash("curate queue", forced=True).says("Only supervisors of this server")

    queue = await ben.slash("curate queue").says("**1 of 1**")
    done = await (await queue.press("Approve").modal()).submit(_SIGNED).says("Approved.")
    offers = await ben.type_into("curate history", "answer", "fees").offers()
    history = await ben.slash("curate history", answer="fees-after-a-missed-hour").says("What was done")
    found = await _found(maria)

    assert all(each.is_private for each in (draft, refused, queue, done, history, found))
    assert offers == ["Fees after a missed hour (approved)"]
    assert "LPC-S" in found.text


async def _found(person: Person) -> Answer:
    """Ask until the index has the new answer, which takes a moment."""
    async with asyncio.timeout(_SECONDS_TO_PUBLISH):
        while True:
            answer = await consult(person, _MISSED).says(CLOSE)
            if "Name the rule about missed hours once" in answer.text:
                return answer
            await asyncio.sleep(0.5)


async def test_a_question_goes_to_the_supervisors_once_it_was_seen_and_its_asker_alone_reads_their_answer(
    maria: Person, group: Group, discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    anna = await _supervisor(discord_here, group, process, "anna")
    answer = await consult(maria).says(CLOSE)
    preview = await answer.press("Ask our supervisors").says(f"This would be posted in <#{group.review.id}>")
    await preview.press("Anonymous, tell me here").says("Sent to your supervisors")
    post = await _with_button(anna.go(group.review), "Answer it")

    form = await anna.go(group.review).press(post, "Answer it").modal()
    kept = await form.submit({"Your answer": "Say what you saw, and wait."}).says("Whoever asked was told.")
    line = await _with_button(maria, "Show it to me")
    other = discord_here.person("other", maria.at)
    refused = await other.press(line, "Show it to me").says("Only the person who asked")
    shown = await maria.press(line, "Show it to me").says("Say what you saw, and wait.")

    assert str(maria.user.id) not in text_of(post)
    assert line.pinged == set()
    assert all(each.is_private for each in (preview, kept, refused, shown))


async def _with_button(person: Person, label: str) -> Message:
    """Return the newest message here that has a button."""
    return await person.world.changes.until(
        lambda: next((each for each in reversed(person.heard()) if label in buttons(each)), None), what=f"a {label!r}"
    )


async def test_who_reflects_first_is_answered_on_it_and_a_kill_in_the_middle_is_told_kindly(
    maria: Person, process: BotProcess
) -> None:
    chosen = await maria.slash("my reflect", first="on").says("**Answer now** skips it")
    offer = await consult(maria).says(_SILENT)
    form = await offer.press("Reflect first").modal()
    answer = await form.submit(_REFLECTED).says("On what you reflected")
    note = await answer.press("Note for supervision").says("she is just resistant")
    skipped = await (await consult(maria).says(_SILENT)).press("Answer now").says("To consider")
    late, other = await consult(maria).says(_SILENT), await consult(maria).says(_SILENT)
    opened = await late.press("Reflect first").modal()

    await process.kill()
    await process.start()
    gone = [await opened.submit(_REFLECTED).says("I was restarted")]
    gone.append(await other.press("Reflect first").says("I was restarted"))
    again = await consult(maria).says(_SILENT)
    steps = await (await again.press("Reflect first").modal()).submit({"felt": _DANGER}).says("911")
    at_once = await maria.slash("consult", question=_DANGER).says("911")

    assert "all of it lies with the client" in answer.text
    assert answer.text.index("On what you reflected") < answer.text.index("To consider")
    assert "On what you reflected" not in skipped.text
    assert _SILENT in form.text
    assert "[Reflect first]" not in steps.text + at_once.text
    for each in (chosen, offer, answer, skipped, *gone):
        assert each.is_private
        assert CLOSE in each.text
    assert note.is_private
