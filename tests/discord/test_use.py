"""Every way to use the bot, against the process: commands, forms, buttons, menus, messages, threads."""

import re
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.settings import Settings
from bot.storage.afterwards_tables import AfterwardsRow
from bot.storage.peer_tables import PeerRow
from bot.storage.store import open_store
from tests.discord.ways import AGREE, CLOSE, NOTICE, QUESTION, consult, times_answered
from tests.loopback import LoopbackDiscord, Person
from tests.loopback.process import BotProcess
from tests.loopback.reading import text_of
from tests.loopback.state import PRIVATE_THREAD, Channel

pytestmark = pytest.mark.asyncio(loop_scope="module")

_DANGER = "My client just texted me goodbye and says he took all his pills tonight"
_STEPS = "Show me the steps"
_LATER = "Ask me later how it went"
_PROTOCOL = "Where the crisis protocol stands"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_channel(discord_here: LoopbackDiscord, process: BotProcess, channel: Channel) -> Channel:
    """A channel that the managers opened for public answers."""
    guild = discord_here.world.guilds[channel.guild_id or 0]
    opened = discord_here.channel(guild, "consultation")
    async with open_store(Settings(data_dir=process.data)) as store:
        await store.servers.change(guild.id, open_channels=[opened.id], features=["mentions"])
    return opened


@pytest.mark.usefixtures("process")
async def test_the_first_question_waits_for_the_notice_and_is_answered_after_it(
    discord_here: LoopbackDiscord, channel: Channel
) -> None:
    newcomer = discord_here.person("newcomer", channel)
    first = await consult(newcomer).says(NOTICE)

    agreed = await first.press(AGREE).says(CLOSE)
    second = await consult(newcomer).says(CLOSE)

    assert first.is_private
    assert agreed.is_private
    assert times_answered(second) == 1


async def test_a_question_can_be_written_into_a_form(maria: Person) -> None:
    form = await maria.slash("consult").modal()
    assert "Leave out names" in form.text

    answer = await form.submit({"What happened?": "He went quiet after I was late"}).says(CLOSE)

    assert answer.is_private


@pytest.mark.parametrize(
    ("button", "words"),
    [("Sources", "practice wisdom"), ("Helpful", "noted as helpful"), ("Plain text", CLOSE)],
)
async def test_the_buttons_under_an_answer_do_what_they_say(button: str, words: str, maria: Person) -> None:
    answer = await consult(maria).says(CLOSE)

    pressed = await answer.press(button).says(words)

    assert pressed.is_private
    assert times_answered(answer) == 1


async def test_what_did_not_help_is_told_in_a_list(maria: Person) -> None:
    answer = await consult(maria).says(CLOSE)

    pressed = await answer.press("Not helpful").says("Thank you")
    chosen = await pressed.choose("Too general", "Hard to read").says("that is noted")

    assert chosen.is_private


async def test_a_follow_up_is_typed_into_a_form_and_answered(maria: Person) -> None:
    answer = await consult(maria).says(CLOSE)

    form = await answer.press("Follow up").modal()
    followed = await form.submit({"text": "and what if he says nothing again?"}).done()

    assert CLOSE in (await followed.says(CLOSE)).text
    assert followed.is_private


@pytest.mark.usefixtures("process")
async def test_a_direct_message_is_answered_there_after_the_notice(discord_here: LoopbackDiscord) -> None:
    jo = discord_here.person("jo")
    jo.say(QUESTION)
    notice = await jo.hears(NOTICE)
    jo.press(notice, AGREE)

    answer = await jo.hears(CLOSE)
    said = jo.say("and what if he says nothing again?")

    assert await jo.hears(CLOSE, after=said)
    assert answer.only_for is None


async def test_a_mention_where_the_channel_is_not_open_gets_a_button_that_answers_alone(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    said = maria.say(QUESTION, mention=True)
    offer = await maria.hears("I answer nobody in public", after=said)
    other = discord_here.person("other", maria.at)

    refused = await other.press(offer, "Answer me privately").done()
    answer = await maria.press(offer, "Answer me privately").says(CLOSE)

    assert "for the person who asked" in refused.text
    assert answer.is_private
    assert offer.reference == said.id


async def test_a_mention_in_an_open_channel_is_answered_in_a_private_thread(
    maria: Person, open_channel: Channel, discord_here: LoopbackDiscord
) -> None:
    asking = maria.go(open_channel)
    asking.say(QUESTION, mention=True)
    world = discord_here.world

    thread = await world.changes.until(
        lambda: next((each for each in world.channels.values() if each.parent_id == open_channel.id), None),
        what="a thread",
    )
    answer = await maria.go(thread).hears(CLOSE)

    assert thread.kind == PRIVATE_THREAD
    assert maria.user.id in thread.members
    assert answer.pinged == set()

    said = maria.go(thread).say("and what if he says nothing again?", mention=True)
    assert await maria.go(thread).hears(CLOSE, after=said)


async def test_danger_in_public_gets_one_neutral_line_and_the_steps_for_the_asker_alone(maria: Person) -> None:
    said = maria.say(_DANGER, mention=True)
    line = await maria.hears("in danger now", after=said)

    steps = await maria.press(line, _STEPS).says("911")

    assert "pills" not in text_of(line)
    assert steps.is_private


async def test_a_message_of_ones_own_is_consulted_on_by_its_menu(maria: Person) -> None:
    said = maria.say(QUESTION)

    answer = await maria.use_on("Consult on this", said).says(CLOSE)

    assert answer.is_private


async def test_somebody_elses_message_waits_for_its_authors_consent(
    maria: Person, open_channel: Channel, discord_here: LoopbackDiscord
) -> None:
    author = discord_here.person("author", open_channel)
    said = author.say(QUESTION)
    asked = await maria.go(open_channel).use_on("Consult on this", said).says("asked their author")
    request = await author.hears("May I read it", after=said)

    await author.press(request, "Allow").says("allowed it")

    assert (await asked.says(CLOSE)).is_private


async def test_a_message_that_came_while_the_connection_was_gone_is_answered_exactly_once(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    direct = await _settled_dm(maria)
    before, gateway = discord_here.gateway.resumed, discord_here.gateway
    gateway.drop(1.0)
    gateway.tell_twice()
    said = direct.say("he laughed when I asked about the missed session")
    await discord_here.world.changes.until(lambda: gateway.resumed > before, what="the resumption", within=30)
    await direct.hears(CLOSE, after=said)
    after = direct.say("and then he was silent")
    await direct.hears(CLOSE, after=after)

    assert sum(CLOSE in text_of(message) for message in direct.heard(said)) == 2


async def _settled_dm(person: Person) -> Person:
    direct = person.go(person.dm)
    direct.say(QUESTION)
    notice = await direct.hears(NOTICE)
    direct.press(notice, AGREE)
    await direct.hears(CLOSE)
    return direct


async def test_after_a_kill_old_buttons_work_or_say_why_not(
    discord_here: LoopbackDiscord, maria: Person, process: BotProcess
) -> None:
    answer = await consult(maria).says(CLOSE)
    line = await maria.hears("in danger now", after=maria.say(_DANGER, mention=True))
    newcomer = discord_here.person("newcomer", maria.at)
    waiting = await consult(newcomer).says(NOTICE)

    await process.kill()
    await process.start()

    assert "practice wisdom" in (await answer.press("Sources").says("practice wisdom")).text
    assert (await answer.press("Helpful").says("noted as helpful")).is_private
    assert (await maria.press(line, _STEPS).says("911")).is_private
    assert "no longer here" in (await waiting.press(AGREE).says("no longer here")).text
    form = await answer.press("Follow up").modal()
    assert CLOSE in (await form.submit({"text": "and now?"}).says(CLOSE)).text


async def test_who_wants_to_be_asked_later_is_asked_once_after_the_process_was_killed(
    maria: Person, process: BotProcess
) -> None:
    at_home = maria.go(maria.dm)
    answer = await consult(maria).says(CLOSE)
    assert "direct message" in (await answer.press(_LATER).says("direct message")).text
    await at_home.hears("You want to be asked")
    await process.kill()
    async with open_store(Settings(data_dir=process.data)) as store, store.database.writing() as session:
        await session.execute(update(AfterwardsRow).values(due_at=datetime.now(UTC)))
    await process.start()

    question = await at_home.hears("1 of 3")
    await at_home.press(question, "Yes").says("2 of 3")
    await at_home.press(question, "It got better").says("3 of 3")
    assert CLOSE in (await at_home.press(question, "Yes").says("Thank you.")).text


async def test_a_peer_consultation_goes_on_after_a_kill_and_ends_its_poll(
    maria: Person, process: BotProcess, open_channel: Channel
) -> None:
    at_open = maria.go(open_channel)
    started = await at_open.slash("peer start", protocol="thirty").says("It is in")
    thread = maria.world.channels[int(re.findall(r"<#(\d+)>", started.text)[0])]
    group = maria.go(thread)
    await group.press(await group.hears("Peer consultation"), "Join as presenter").says("You take part as presenter")
    await group.press(await group.hears("Peer consultation"), "Begin").says("Done.")
    await group.hears("Step 1 of 6")
    await process.kill()
    async with open_store(Settings(data_dir=process.data)) as store, store.database.writing() as session:
        await session.execute(update(PeerRow).values(ends_at=datetime.now(UTC)))
    await process.start()

    await group.press(await group.hears("Step 2 of 6"), "Next step").says("Done.")
    await group.press(await group.hears("Step 3 of 6"), "Next step").says("Done.")
    passages = await group.hears("Step 4 of 6")
    form = await group.press(passages, "Type the question").modal()
    await form.submit({"What do you ask?": QUESTION}).says("Answered in")
    await group.hears("To consider")
    await group.press(passages, "End").says("Done.")
    form = await group.press(await group.hears("is over"), "What I take to supervision").modal()
    preview = await form.submit({"What do you take along?": "How do I name it in the room?"}).says("Only you see this")
    await preview.press("Show it in this thread").says("Shown in this thread")

    (poll,) = [message.poll for message in group.heard() if message.poll]
    assert poll["results"]["is_finalized"]
    assert "How do I name it in the room?" in text_of(await group.hears("takes to supervision:"))


async def test_a_scope_card_stands_behind_the_steps_and_in_about(maria: Person, discord_here: LoopbackDiscord) -> None:
    owner = discord_here.owner(maria.at)
    form = await owner.slash("setup scope").modal()
    typed = {"Setting": "university counseling center", "Jurisdiction": "Oregon and Washington"}
    protocol = "binder at the front desk, or https://wiki.example.org/crisis"
    kept = await form.submit({**typed, "On-call hours": "weekdays 9am to 5pm", _PROTOCOL: protocol}).says("**Kept.**")
    steps = await consult(maria, _DANGER).says("On call: weekdays 9am to 5pm")

    assert "Oregon and Washington" in kept.text
    assert steps.is_private
    assert "https://" not in steps.text
    assert steps.text.index("911") < steps.text.index("On call:")
    assert "binder at the front desk" in (await maria.slash("about").says("Scope card")).text


async def test_commands_that_did_not_change_are_not_registered_again(
    discord_here: LoopbackDiscord, process: BotProcess
) -> None:
    before = discord_here.requests.count("PUT /applications/100/commands")
    assert await process.terminate() == 0

    await process.start()

    assert before == 1
    assert discord_here.requests.count("PUT /applications/100/commands") == before


async def test_the_library_is_searched_with_offers_while_one_types(maria: Person) -> None:
    offers = await maria.type_into("knowledge search", "term", "sil").offers()

    found = await maria.slash("knowledge search", term=offers[0]).says("in danger now")

    assert 0 < len(offers) <= 25
    assert found.is_private


async def test_what_is_kept_of_a_person_is_shown_exported_and_forgotten(maria: Person) -> None:
    shown = await maria.slash("privacy show").done()
    exported = await maria.slash("privacy export").says("(file ")

    assert shown.is_private
    assert exported.is_private


async def test_only_who_manages_the_server_sets_it_up_whatever_their_client_sends(
    maria: Person, discord_here: LoopbackDiscord
) -> None:
    owner = discord_here.owner(maria.at)

    shown = await owner.slash("setup show").done()
    refused = await maria.slash("setup show", forced=True).done()

    assert shown.is_private
    assert "Manage Server" in refused.text
