"""Where the settings put the vectors; what is wrong with an address is said without showing it."""

from pathlib import Path

import pytest

from bot.errors import FixSettings
from bot.settings import Settings
from bot.vectors import CuratedPlace, part_of, place_of_cards, server_of, shows_its_token
from knowledge.chroma import ChromaServer
from knowledge.errors import WaitForVectorServer
from knowledge.places import FolderPlace, ServerPlace
from tests.knowledge.chroma_server import free_port


def _server(url: str, **more: str) -> ChromaServer | None:
    return server_of(Settings.read({"CHROMA_URL": url, **more}))


def test_without_an_address_the_vectors_are_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    place = place_of_cards(settings)
    assert server_of(settings) is None
    assert isinstance(place, FolderPlace)
    assert not CuratedPlace(place).shared
    assert part_of(settings) == "index"


def test_an_address_names_a_server_with_its_tenant_and_database() -> None:
    assert _server(" http://chroma:8000/ ") == ChromaServer("http://chroma:8000")
    found = _server("https://api.trychroma.com", CHROMA_TOKEN="t", CHROMA_TENANT="a-b", CHROMA_DATABASE="c_d")
    assert found == ChromaServer("https://api.trychroma.com", "t", "a-b", "c_d")
    assert found.page == 300
    assert part_of(Settings(chroma_url="http://chroma")) == ServerPlace.part


@pytest.mark.parametrize(
    "url",
    [
        *("chroma:8000", "h", "ftp://chroma", "http://", "http://:8000", "http://h:no", "http://h:99999", "http://h:0"),
        *("http://h h", "http://hé", "http://user:hidden@h", "http://h/hidden", "http://h?t=hidden", "http://h#hidden"),
    ],
)
def test_what_is_no_address_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(FixSettings, match=r"CHROMA_URL (cannot be read|holds more)") as refused:
        _server(url)
    assert "hidden" not in str(refused.value)


def test_a_token_without_a_server_is_refused() -> None:
    with pytest.raises(FixSettings, match="CHROMA_TOKEN is set, and CHROMA_URL is not"):
        server_of(Settings.read({"CHROMA_TOKEN": "t"}))


@pytest.mark.parametrize("name", ["a b", "../x", "", "a/b"])
def test_a_tenant_is_a_plain_word(name: str) -> None:
    if name:
        with pytest.raises(FixSettings, match="CHROMA_TENANT is not usable"):
            Settings.read({"CHROMA_TENANT": name})
    else:
        assert Settings.read({"CHROMA_TENANT": name}).chroma_tenant == "default_tenant"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://chroma", True),
        ("http://10.0.0.1", True),
        ("https://chroma", False),
        ("http://localhost", False),
        ("http://127.0.0.1:1", False),
        ("http://[::1]:1", False),
    ],
)
def test_a_token_that_others_may_read_is_known(url: str, *, shown: bool) -> None:
    assert shows_its_token(ChromaServer(url, "t")) is shown
    assert not shows_its_token(ChromaServer(url))


def test_a_server_that_is_not_there_ends_the_start_after_the_wait(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, chroma_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(WaitForVectorServer, match="does not answer"):
        place_of_cards(settings, wait=0.0)
