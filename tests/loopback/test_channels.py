"""What a bot may do in channels, and what goes wrong on demand."""

import time

import aiohttp
import pytest

from tests.loopback import TOKEN, Person
from tests.loopback.hand import Hand, consult
from tests.loopback.state import EPHEMERAL, SEND, VIEW, Json


async def test_a_wrong_token_opens_nothing(hand: Hand) -> None:
    assert await hand("GET", "/users/@me", token="wrong") == (401, 0)
    assert await hand("GET", "/users/@me") == (200, 0)


async def test_a_bot_writes_only_where_it_may(hand: Hand, maria: Person) -> None:
    path = f"/channels/{maria.at.id}/messages"
    maria.at.denied = SEND
    assert await hand("POST", path, {"content": "x"}) == (403, 50013)

    maria.at.denied = VIEW
    assert await hand("POST", path, {"content": "x"}) == (403, 50001)
    assert await hand("POST", "/channels/1/messages", {"content": "x"}) == (404, 10003)


async def test_a_closed_direct_message_takes_nothing(hand: Hand, maria: Person) -> None:
    maria.user.dms_open = False

    assert await hand("POST", "/users/@me/channels", {"recipient_id": str(maria.user.id)}) == (200, 0)
    assert await hand("POST", f"/channels/{maria.dm.id}/messages", {"content": "x"}) == (403, 50007)


async def test_someone_elses_message_is_not_edited_and_a_private_one_is_not_in_the_channel(
    hand: Hand, maria: Person
) -> None:
    said = maria.say("hello")
    answer = consult(maria)
    await hand.callback(answer, 4, {"content": "x", "flags": EPHEMERAL})
    path = f"/channels/{maria.at.id}/messages"

    assert await hand("PATCH", f"{path}/{said.id}", {"content": "mine"}) == (403, 50005)
    assert await hand("GET", f"{path}/{answer.messages[0].id}") == (404, 10008)
    assert await hand("DELETE", f"{path}/{said.id}") == (403, 50013)


async def test_threads_are_opened_private_and_public_and_one_on_a_message(hand: Hand, maria: Person) -> None:
    said, path = maria.say("hello"), f"/channels/{maria.at.id}"
    assert await hand("POST", f"{path}/threads", {"name": "private", "type": 12}) == (201, 0)
    assert await hand("POST", f"{path}/messages/{said.id}/threads", {"name": "public"}) == (201, 0)
    assert await hand("POST", f"{path}/messages/{said.id}/threads", {"name": "again"}) == (400, 160004)

    assert await hand("PUT", f"/channels/{said.id}/thread-members/{maria.user.id}") == (204, 0)
    assert hand.loopback.world.channels[said.id].members == {100, maria.user.id}


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [(None, "all"), ({"parse": []}, "none"), ({"parse": ["roles"]}, "roles"), ({"users": ["{user}"]}, "user")],
)
async def test_who_is_pinged_depends_on_what_is_allowed(
    allowed: Json | None, pinged: str, hand: Hand, maria: Person
) -> None:
    world = hand.loopback.world
    role = world.add_role(world.guilds[maria.at.guild_id or 0], "on call", mentionable=True)
    body: Json = {"content": f"<@{maria.user.id}> <@&{role.id}> @everyone"}
    if allowed is not None:
        named = [str(maria.user.id) for _ in allowed.get("users", [])]
        body["allowed_mentions"] = {**allowed, **({"users": named} if named else {})}

    await hand("POST", f"/channels/{maria.at.id}/messages", body)

    wanted = {"all": {maria.user.id, role.id}, "none": set(), "roles": {role.id}, "user": {maria.user.id}}
    assert maria.heard()[0].pinged == wanted[pinged]


async def test_a_text_that_is_no_json_is_refused(hand: Hand) -> None:
    headers = {"Authorization": f"Bot {TOKEN}", "Content-Type": "application/json"}
    url = hand.loopback.rest_url + "/users/@me/channels"
    async with hand.session.post(url, data=b"{", headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)


async def test_a_route_that_discord_does_not_have_is_not_there(hand: Hand) -> None:
    assert await hand("GET", "/nowhere") == (404, 0)


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_rate_limit_says_how_long_to_wait_and_is_over_after_so_many_requests(
    everywhere: bool,  # noqa: FBT001  # a parameter of the test
    hand: Hand,
) -> None:
    hand.loopback.faults.rate_limit("GET /users/@me", retry_after=1.5, everywhere=everywhere)
    headers = {"Authorization": f"Bot {TOKEN}"}

    async with hand.session.get(hand.loopback.rest_url + "/users/@me", headers=headers) as response:
        body = await response.json()
        assert (response.status, body["retry_after"], body["global"]) == (429, 1.5, everywhere)
        assert "Via" in response.headers
        assert ("X-RateLimit-Global" in response.headers) is everywhere

    assert await hand("GET", "/users/@me") == (200, 0)


async def test_a_cut_request_has_no_effect_or_only_no_answer(hand: Hand, maria: Person) -> None:
    path = f"/channels/{maria.at.id}/messages"
    for after_effect in (False, True):
        hand.loopback.faults.cut("POST .*/messages", after_effect=after_effect)
        with pytest.raises(aiohttp.ClientError):
            await hand("POST", path, {"content": "x"})

        assert len(maria.heard()) == after_effect


async def test_a_slow_request_comes_later(hand: Hand) -> None:
    hand.loopback.faults.slow("GET /users/@me", 0.2)
    began = time.monotonic()

    assert await hand("GET", "/users/@me") == (200, 0)
    assert time.monotonic() - began >= 0.2


async def test_an_uploaded_file_is_an_attachment(hand: Hand, maria: Person) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"content": "your data", "attachments": [{"id": 0, "filename": "export.json"}]}')
    form.add_field("files[0]", b"{}", filename="export.json", content_type="application/json")
    answer = consult(maria)
    await hand.callback(answer, 5, {"flags": EPHEMERAL})

    async with hand.session.post(
        f"{hand.loopback.rest_url}/webhooks/100/{answer.interaction.token}", data=form
    ) as sent:
        assert sent.status == 200

    assert answer.text == "your data\n(file export.json)"
    assert hand.loopback.world.asked[-1].files == ["export.json"]
