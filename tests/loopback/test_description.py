"""Bodies are checked against Discord's own description of its API where that is at hand, and else by rules alone."""

from pathlib import Path

import pytest

from tests.loopback import LoopbackDiscord
from tests.loopback.description import Description, find_description, load_description
from tests.loopback.refusals import Refused

_SMALL = {
    "openapi": "3.1.0",
    "paths": {
        "/channels/{channel_id}/messages": {
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}},
                },
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}},
            }
        }
    },
    "components": {
        "schemas": {
            "Id": {"type": "string", "format": "snowflake"},
            "Message": {
                "type": "object",
                "properties": {
                    "content": {"type": "string", "maxLength": 5},
                    "to": {"$ref": "#/components/schemas/Id"},
                },
            },
        }
    },
}


@pytest.fixture
def small() -> Description:
    return Description(_SMALL)


def test_a_body_that_is_described_otherwise_is_refused_with_the_place(small: Description) -> None:
    small.check_request("POST", "/channels/7/messages", {"content": "short", "to": 9})
    with pytest.raises(Refused, match="content") as refused:
        small.check_request("POST", "/channels/7/messages", {"content": "too long"})

    assert (refused.value.status, refused.value.code) == (400, 50035)


def test_a_route_that_is_not_described_is_not_there(small: Description) -> None:
    assert not small.knows("GET", "/channels/7/messages")
    with pytest.raises(Refused, match="404"):
        small.check_request("DELETE", "/channels/7", {})


@pytest.mark.parametrize(("status", "body"), [(201, {}), (200, [])])
def test_an_answer_that_discord_would_not_give_is_found(status: int, body: object, small: Description) -> None:
    small.check_answer("POST", "/channels/7/messages", status=200, body={})
    with pytest.raises(Refused):
        small.check_answer("POST", "/channels/7/messages", status=status, body=body)


def test_without_the_description_the_rules_of_the_stand_in_hold_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.loopback.description.REPOSITORY", tmp_path)
    monkeypatch.delenv("DISCORD_OPENAPI", raising=False)

    assert find_description() is None
    assert LoopbackDiscord(described=False).rest.description is None


@pytest.mark.skipif(
    find_description() is None, reason="Discord's API description is not at hand: only our own rules hold"
)
def test_every_route_of_the_stand_in_is_one_of_discords() -> None:
    description = load_description()
    assert description is not None
    loopback = LoopbackDiscord()
    routes = [(method, path) for method, path, _ in loopback.rest.routes()]

    unknown = [f"{method} {path}" for method, path in routes if not description.knows(method, _filled(path))]

    assert len(routes) > 25
    assert unknown == []


def _filled(path: str) -> str:
    return path.replace("{user}", "@me" if "thread-members" in path else "7").replace("{", "").replace("}", "")
