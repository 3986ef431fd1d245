"""When and how an interaction can be answered: the stand-in refuses what Discord refuses."""

import pytest

from tests.loopback import Person
from tests.loopback.hand import TEXT, Hand, button, consult, field, label, modal, row
from tests.loopback.reading import text_of
from tests.loopback.state import EPHEMERAL


async def test_an_acknowledgement_after_three_seconds_comes_too_late(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    hand.loopback.world.clock.ahead += 3.1

    assert await hand.callback(answer, 5) == (404, 10062)


async def test_a_second_first_response_is_refused(hand: Hand, maria: Person) -> None:
    answer = consult(maria)

    assert await hand.callback(answer, 5) == (204, 0)
    assert await hand.callback(answer, 4, {"content": "again"}) == (400, 40060)


async def test_a_form_cannot_follow_a_deferral(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    await hand.callback(answer, 5)

    assert await hand.callback(answer, 9, modal()) == (400, 40060)
    assert answer.interaction.modal is None


async def test_a_token_lives_fifteen_minutes(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    await hand.callback(answer, 5)
    hand.loopback.world.clock.ahead += 14 * 60
    assert await hand.follow(answer, {"content": "in time"}) == (200, 0)

    hand.loopback.world.clock.ahead += 2 * 60

    assert await hand.follow(answer, {"content": "late"}) == (401, 50027)


async def test_nothing_follows_before_the_acknowledgement(hand: Hand, maria: Person) -> None:
    assert await hand.follow(consult(maria), {"content": "early"}) == (404, 10015)


async def test_whether_an_answer_is_private_is_settled_by_the_deferral(hand: Hand, maria: Person) -> None:
    public, private = consult(maria), consult(maria)
    await hand.callback(public, 5)
    await hand.callback(private, 5, {"flags": EPHEMERAL})

    await hand.follow(public, {"content": "a", "flags": EPHEMERAL}, "PATCH", "/messages/@original")
    await hand.follow(private, {"content": "b"})

    assert (public.text, public.is_private) == ("a", False)
    assert (private.text, private.is_private) == ("b", True)
    other = hand.loopback.person("jo", maria.at)
    assert [text_of(message) for message in other.heard()] == ["a"]


async def test_a_deleted_answer_cannot_be_changed(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    await hand.callback(answer, 4, {"content": "here"})
    assert await hand.follow(answer, {}, "DELETE", "/messages/@original") == (204, 0)

    assert await hand.follow(answer, {"content": "x"}, "PATCH", "/messages/@original") == (404, 10008)


async def test_only_autocomplete_is_answered_with_choices(hand: Hand, maria: Person) -> None:
    assert (await hand.callback(consult(maria), 8, {"choices": []}))[0] == 400


async def test_a_form_is_filled_in_and_answered_but_not_with_another_form(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    old = row({"type": 4, "custom_id": "old", "style": 1, "label": "Old"})
    choice = label({"type": 3, "custom_id": "s", "options": [{"label": "A", "value": "a"}]}, label="Which")
    assert await hand.callback(answer, 9, modal(TEXT, label(field(required=False)), choice, old)) == (204, 0)
    opened = await answer.modal()

    submitted = opened.submit({"What happened": "she left", "Which": "A", "old": "x"})

    assert "What happened" in opened.text
    sent = submitted.interaction.payload["data"]["components"]
    assert [part.get("component", part).get("values") for part in sent] == [None, None, ["a"], None]
    assert (await hand.callback(submitted, 9, modal()))[0] == 400
    assert (await hand.callback(submitted, 7, {"content": "x"}))[0] == 400
    assert await hand.callback(submitted, 4, {"content": "thanks"}) == (204, 0)


async def test_a_client_does_not_send_a_form_with_too_little_in_it_unless_forced(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    await hand.callback(answer, 9, modal())
    opened = await answer.modal()

    with pytest.raises(AssertionError, match="a client would not send 0 characters"):
        opened.submit()
    assert opened.submit(forced=True).interaction.payload["data"]["custom_id"] == "m"


async def test_a_press_updates_its_message_and_a_private_one_is_not_there_for_others(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    await hand.callback(answer, 4, {"content": "x", "flags": EPHEMERAL, "components": [row(button())]})
    with pytest.raises(AssertionError, match="jo does not see"):
        hand.loopback.person("jo", maria.at).press(answer.messages[0], "Press")

    pressed = answer.press("Press")

    assert pressed.interaction.payload["message"]["id"] == str(answer.messages[0].id)
    assert await hand.callback(pressed, 7, {"content": "pressed", "components": []}) == (204, 0)
    assert answer.text == "pressed"


@pytest.mark.parametrize(("count", "status"), [(25, 204), (26, 400)])
async def test_no_more_than_twenty_five_things_are_offered_while_somebody_types(
    count: int, status: int, hand: Hand, maria: Person
) -> None:
    typing = maria.type_into("find", "term", "si")
    choices = [{"name": f"card {number}", "value": f"{number}"} for number in range(count)]

    assert (await hand.callback(typing, 8, {"choices": choices}))[0] == status

    if status == 204:
        assert (await typing.offers())[0] == "card 0"


async def test_the_first_response_tells_what_became_of_it_where_that_is_asked_for(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    path = f"/interactions/{answer.interaction.id}/{answer.interaction.token}/callback?with_response=true"

    assert await hand("POST", path, {"type": 4, "data": {"content": "x", "flags": EPHEMERAL}}) == (200, 0)

    told = hand.loopback.world.asked[-1].answer
    assert told["interaction"]["response_message_ephemeral"]
    assert told["resource"]["message"]["content"] == "x"
