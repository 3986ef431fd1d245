"""Discord's limits on messages, forms and commands hold in the stand-in too."""

import pytest

from tests.loopback import Person
from tests.loopback.hand import COMMANDS, TEXT, V2, Hand, button, consult, field, label, modal, row, select
from tests.loopback.state import COMPONENTS_V2, EPHEMERAL, Json


@pytest.mark.parametrize(
    "body",
    [
        {"content": ""},
        {"content": " \u200b\n"},
        {"components": [], "flags": COMPONENTS_V2},
        {"embeds": []},
    ],
    ids=["nothing", "nothing to see", "no components", "no embeds"],
)
async def test_an_empty_message_is_refused(body: Json, hand: Hand, maria: Person) -> None:
    assert await hand("POST", f"/channels/{maria.at.id}/messages", body) == (400, 50006)


_REFUSED: dict[str, Json] = {
    "2,001 characters": {"content": "x" * 2001},
    "11 embeds": {"embeds": [{"title": "t"}] * 11},
    "a long embed": {"embeds": [{"description": "x" * 4097}]},
    "embeds long together": {"embeds": [{"description": "x" * 3001}] * 2},
    "content beside Components V2": {**V2, "content": "x", "components": [TEXT]},
    "embeds beside Components V2": {**V2, "embeds": [{"title": "t"}], "components": [TEXT]},
    "Components V2 without the flag": {"components": [TEXT]},
    "41 components": {**V2, "components": [TEXT] * 41},
    "41 components, some inside": {**V2, "components": [{"type": 17, "components": [TEXT] * 20}] * 2},
    "4,001 characters": {
        **V2,
        "components": [{"type": 10, "content": "x" * 2001}, {"type": 10, "content": "x" * 2000}],
    },
    "an empty text": {**V2, "components": [{"type": 10, "content": ""}]},
    "a container in a container": {
        **V2,
        "components": [{"type": 17, "components": [{"type": 17, "components": [TEXT]}]}],
    },
    "an empty container": {**V2, "components": [{"type": 17, "components": []}]},
    "no custom id": {"content": "x", "components": [row({"type": 2, "style": 1, "label": "Press"})]},
    "an empty custom id": {"content": "x", "components": [row(button(""))]},
    "a long custom id": {"content": "x", "components": [row(button("a" * 101))]},
    "a custom id twice": {"content": "x", "components": [row(button("a")), row(button("a"))]},
    "a long label": {"content": "x", "components": [row(button(label="x" * 81))]},
    "a button without a label": {"content": "x", "components": [row(button(label=""))]},
    "a link with a custom id": {"content": "x", "components": [row(button(style=5, url="https://example.org"))]},
    "six buttons in a row": {"content": "x", "components": [row(*[button(f"{n}") for n in range(6)])]},
    "six rows": {"content": "x", "components": [row(button(f"{n}")) for n in range(6)]},
    "a bare button": {"content": "x", "components": [button()]},
    "26 options": {"content": "x", "components": [select(26)]},
    "no options": {"content": "x", "components": [select(0)]},
    "more to choose than there is": {"content": "x", "components": [select(2, max_values=3)]},
    "a text field outside a form": {"content": "x", "components": [row({"type": 4, "custom_id": "t", "style": 1})]},
}


@pytest.mark.parametrize("name", _REFUSED)
async def test_a_message_over_a_limit_is_refused(name: str, hand: Hand, maria: Person) -> None:
    path = f"/channels/{maria.at.id}/messages"

    assert await hand("POST", path, _REFUSED[name]) == (400, 50035)

    answer = consult(maria)
    assert (await hand.callback(answer, 4, _REFUSED[name]))[0] == 400
    assert answer.interaction.acknowledged is None


async def test_a_message_at_the_limits_is_taken(hand: Hand, maria: Person) -> None:
    path = f"/channels/{maria.at.id}/messages"
    inside = {"type": 17, "components": [{"type": 10, "content": "x" * 100}] * 38}

    assert await hand("POST", path, {"content": "x" * 2000}) == (200, 0)
    assert await hand("POST", path, {**V2, "components": [inside, {"type": 10, "content": "x" * 200}]}) == (200, 0)
    assert await hand("POST", path, {"content": "x", "components": [row(button("a" * 100)), select(25)]}) == (200, 0)


async def test_content_cannot_come_back_into_a_message_with_components_v2(hand: Hand, maria: Person) -> None:
    answer = consult(maria)
    await hand.callback(answer, 5, {"flags": EPHEMERAL})
    edit = {**V2, "components": [TEXT]}
    assert await hand.follow(answer, edit, "PATCH", "/messages/@original") == (200, 0)

    assert await hand.follow(answer, {"content": "x"}, "PATCH", "/messages/@original") == (400, 50035)
    assert answer.text == "some text"


_REFUSED_FORMS: dict[str, Json] = {
    "a long title": modal(title="x" * 46),
    "no title": modal(title=""),
    "no fields": {**modal(), "components": []},
    "six fields": modal(*[label(field(custom_id=f"{n}")) for n in range(6)]),
    "a long label": modal(label(field(), label="x" * 46)),
    "a long description": modal(label(field(), description="x" * 101)),
    "a long placeholder": modal(label(field(placeholder="x" * 101))),
    "a bare field": modal(field()),
    "a field twice": modal(label(field()), label(field())),
    "a field that is too long": modal(label(field(max_length=4001))),
    "a button": modal(row(button())),
}


@pytest.mark.parametrize("name", _REFUSED_FORMS)
async def test_a_form_over_a_limit_is_refused(name: str, hand: Hand, maria: Person) -> None:
    assert await hand.callback(consult(maria), 9, _REFUSED_FORMS[name]) == (400, 50035)


@pytest.mark.parametrize(
    "command",
    [
        {"name": "Consult", "description": "Ask."},
        {"name": "two words", "description": "Ask."},
        {"name": "consult", "description": ""},
        {"name": "consult", "description": "x" * 101},
        {"name": "x" * 33, "description": "Ask."},
        {"name": "menu", "type": 3, "description": "Menus have none."},
    ],
)
async def test_a_command_that_breaks_the_rules_is_not_registered(command: Json, hand: Hand) -> None:
    assert await hand("PUT", "/applications/100/commands", [command]) == (400, 50035)
    assert [each["name"] for each in hand.loopback.world.commands] == ["consult", "find"]


async def test_a_command_keeps_its_id_when_it_is_registered_again(hand: Hand) -> None:
    before = [each["id"] for each in hand.loopback.world.commands]

    await hand("PUT", "/applications/100/commands", COMMANDS)

    assert [each["id"] for each in hand.loopback.world.commands] == before
    assert await hand("PUT", "/applications/100/commands", [COMMANDS[0], COMMANDS[0]]) == (400, 50035)
