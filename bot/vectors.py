"""Where the vectors are, by the settings: Chroma in the data folder, or a Chroma server; nothing else decides it."""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import FixSettings
from bot.settings import Settings
from knowledge.chroma import ChromaServer, Connection, Told, connect, unsaid
from knowledge.curated import CuratedVectors
from knowledge.places import FolderPlace, Place, ServerPlace
from knowledge.served import ServedCuratedVectors

SECONDS_TO_WAIT = 60.0
"""At the start, for a server that is starting too."""

_FORM = "http://host:8000 or https://host"


def server_of(settings: Settings) -> ChromaServer | None:
    """Return the server that the settings name, or None where the vectors are in the data folder.

    Raises:
        FixSettings: CHROMA_URL is no address, or another of its settings stands without it. The text shows nothing
            of the address, since any part of a malformed one may be a secret.
    """
    if settings.chroma_url is None:
        if settings.chroma_token is not None:
            raise FixSettings("CHROMA_TOKEN is set, and CHROMA_URL is not", f"write {_FORM}, or leave both out")
        return None
    written = settings.chroma_url.strip().rstrip("/")
    try:
        parts = urlsplit(written)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not written.isascii() or not written.isprintable() or " " in written:
        raise FixSettings("CHROMA_URL cannot be read as an address", f"write {_FORM}")
    if "@" in parts.netloc or parts.path or parts.query or parts.fragment:
        problem = "CHROMA_URL holds more than scheme, host and port"
        raise FixSettings(problem, f"write {_FORM}; a token goes into CHROMA_TOKEN")
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return ChromaServer(written, token, settings.chroma_tenant, settings.chroma_database)


def shows_its_token(server: ChromaServer) -> bool:
    """Tell whether the token travels unencrypted to another machine."""
    parts = urlsplit(server.url)
    return server.token is not None and parts.scheme == "http" and not _is_here(parts.hostname or "")


def place_of_cards(settings: Settings, *, wait: float = SECONDS_TO_WAIT, told: Told = unsaid) -> Place:
    """Return where the cards' vectors are, after waiting for the server if there is one.

    Args:
        settings: name it.
        wait: seconds to wait at most.
        told: told what is waited for.

    Raises:
        FixSettings: CHROMA_URL is no address.
        WaitForVectorServer: the server did not answer for so long.
        FixVectorServer: it is not as the settings say.
    """
    server = server_of(settings)
    return FolderPlace(settings.data_dir) if server is None else ServerPlace(connect(server, wait=wait, told=told))


def part_of(settings: Settings) -> str:
    """Return the folder in the data folder that the index's manifest is in."""
    return FolderPlace.part if settings.chroma_url is None else ServerPlace.part


class CuratedPlace:
    """Opens the vectors of curated answers where the cards' are."""

    def __init__(self, place: Place) -> None:
        """Hold the place; nothing is opened yet."""
        self._connection: Connection | None = place.connection if isinstance(place, ServerPlace) else None

    @property
    def shared(self) -> bool:
        """Tell whether processes that do not write may open it too."""
        return self._connection is not None

    @property
    def server(self) -> ChromaServer | None:
        """The server that they are on; None where they are in a folder."""
        return self._connection.server if self._connection is not None else None

    def __call__(self, folder: Path, embedder: str) -> CuratedVectors:
        """Open them.

        Raises:
            KnowledgeError: the folder cannot be written, or the server does not answer.
        """
        if self._connection is not None:
            return ServedCuratedVectors(self._connection, embedder)
        return CuratedVectors(folder, embedder)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
