"""A Chroma server: how it is asked, what is looked at first, and what its failures mean for who runs the program."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import chromadb
import chromadb.errors
import httpx
from chromadb.config import Settings, System

from knowledge.errors import FixVectorServer, KnowledgeError, RebuildIndex, WaitForVectorServer

_MAJOR = "1."
"""Of the server's version; 0.x speaks another protocol."""

_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_PAUSES = (0.2, 0.8)
"""Seconds before a request is made again; each of ours may be repeated without harm."""

_HURRIED_TIMEOUT = httpx.Timeout(2.0)
_HURRIED_PAUSES = (0.0,)
_SECONDS_OF_SILENCE = 10.0
"""So long nobody in a hurry asks a server that did not answer somebody; then one of them tries."""

_hurried: ContextVar[bool] = ContextVar("hurried", default=False)

_BUSY = frozenset({429, 502, 503, 504})
_REFUSED = frozenset({401, 403})
_SECONDS_BETWEEN_LOOKS = 1.0
_CLOUD = ".trychroma.com"
_CLOUD_ROWS = 300
"""Chroma Cloud gives so many rows an answer at most (docs.trychroma.com, "Quotas & Limits")."""

Told = Callable[[str], None]
"""Called with a sentence on what is waited for."""


def unsaid(sentence: str) -> None:
    """Wait without saying so."""
    del sentence


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Where a server is, and what on it is ours.

    Attributes:
        url: scheme, host and port, no more.
        token: sent with every request; None where there is none.
        tenant: the tenant.
        database: its database.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    tenant: str = "default_tenant"
    database: str = "default_database"

    @property
    def label(self) -> str:
        """Name it for people."""
        return f"the Chroma server at {urlsplit(self.url).netloc}"

    @property
    def page(self) -> int | None:
        """How many rows it gives at most for one request; None where it has no limit."""
        return _CLOUD_ROWS if (urlsplit(self.url).hostname or "").endswith(_CLOUD) else None


class Connection:
    """A connection to a server; safe to use from several threads."""

    def __init__(self, server: ChromaServer) -> None:
        """Prepare it; nothing is asked yet."""
        from chromadb.api.fastapi import FastAPI  # noqa: PLC0415  # a folder of vectors needs none of it

        parts = urlsplit(server.url)
        secure = parts.scheme == "https"
        settings = Settings(
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=parts.hostname,
            chroma_server_http_port=parts.port or (443 if secure else 80),
            chroma_server_ssl_enabled=secure,
        )
        self.server = server
        self._silent_until = 0.0
        # Chroma's own client has no time limit, already for what it asks while it is made; so we stand below it.
        api: Any = System(settings).instance(FastAPI)
        self._api = api
        headers = dict(api._session.headers)  # noqa: SLF001  # as above
        api._session.close()  # noqa: SLF001  # the same
        self._session = api._session = _Session(server, headers)  # noqa: SLF001  # the same

    def look(self) -> str:
        """Return the server's version, once it is one that we know and has our tenant and database.

        Raises:
            WaitForVectorServer: it does not answer.
            FixVectorServer: it is not as the settings say.
        """
        server = self.server
        with self.guarded():
            version = str(self._api.get_version())
            if not version.startswith(_MAJOR):
                problem = f"{server.label} has version {version[:20]}, and this program speaks to version {_MAJOR}x"
                raise FixVectorServer(problem, "install such a one, or leave CHROMA_URL out")
            try:
                self._api.get_tenant(server.tenant)
                self._api.get_database(server.database, server.tenant)
            except chromadb.errors.NotFoundError:
                problem = f"{server.label} has no tenant {server.tenant} with a database {server.database}"
                raise FixVectorServer(problem, "make them, or mend CHROMA_TENANT and CHROMA_DATABASE") from None
        return version

    def collection(self, name: str, hnsw: dict[str, Any], *, create: bool) -> chromadb.Collection:
        """Return a collection.

        Raises:
            RebuildIndex: it is not there, and `create` is False.
            WaitForVectorServer: the server does not answer.
            FixVectorServer: it is not as the settings say.
        """
        ours = {"tenant": self.server.tenant, "database": self.server.database}
        with self.guarded():
            if create:
                model = self._api.get_or_create_collection(name=name, configuration={"hnsw": hnsw}, **ours)
            else:
                model = self._api.get_collection(name=name, **ours)
        return chromadb.Collection(client=self._api, model=model, embedding_function=None)

    def names(self) -> list[str]:
        """Return the names of the collections."""
        with self.guarded():
            found = self._api.list_collections(tenant=self.server.tenant, database=self.server.database)
        return [model.name for model in found]

    def drop(self, name: str) -> None:
        """Take a collection away, if it is there."""
        try:
            with self.guarded():
                self._api.delete_collection(name, tenant=self.server.tenant, database=self.server.database)
        except RebuildIndex:
            pass  # another process has done so

    def close(self) -> None:
        """Close it."""
        self._session.close()

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Ask with little patience, for whoever has another way to get the same.

        Raises:
            WaitForVectorServer: the server does not answer, or did not a moment ago.
        """
        now = time.monotonic()
        if now < self._silent_until:
            raise _unreachable(self.server, "it did not a moment ago")
        if self._silent_until:
            self._silent_until = now + _SECONDS_OF_SILENCE  # one tries, and the others need not wait for that
        token = _hurried.set(True)
        try:
            yield
        except WaitForVectorServer:
            self._silent_until = time.monotonic() + _SECONDS_OF_SILENCE
            raise
        finally:
            _hurried.reset(token)
        self._silent_until = 0.0

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn Chroma's failures into ours."""
        try:
            yield
        except KnowledgeError:
            raise
        except chromadb.errors.NotFoundError:
            raise RebuildIndex(f"the index on {self.server.label} is gone", "start the program again") from None
        except (chromadb.errors.ChromaError, ValueError, KeyError, TypeError, RuntimeError) as error:
            problem = f"{self.server.label} gave an answer that this program does not understand"
            mend = "check that CHROMA_URL names a Chroma server, and its quotas"
            raise FixVectorServer(f"{problem} ({type(error).__name__})", mend) from None


def connect(server: ChromaServer, *, wait: float = 0.0, told: Told = unsaid) -> Connection:
    """Return a connection to a server that has been looked at.

    Args:
        server: where it is.
        wait: seconds to wait until it answers.
        told: told once that it is waited for.

    Raises:
        WaitForVectorServer: it did not answer for so long.
        FixVectorServer: it is not as the settings say.
    """
    connection = Connection(server)
    until = time.monotonic() + wait
    said = False
    while True:
        try:
            connection.look()
        except WaitForVectorServer:
            if time.monotonic() >= until:
                connection.close()
                raise
        except KnowledgeError:
            connection.close()
            raise
        else:
            return connection
        if not said:
            told(f"Waiting up to {wait:.0f} seconds for {server.label}, which keeps the index.")
            said = True
        time.sleep(_SECONDS_BETWEEN_LOOKS)


class _Session(httpx.Client):
    """Asks with time limits, again where that may help, and says in our words what went wrong."""

    def __init__(self, server: ChromaServer, headers: dict[str, str]) -> None:
        token = server.token
        # The first is what Chroma Cloud reads, the second what a proxy in front of a server of one's own does.
        given = {"x-chroma-token": token, "Authorization": f"Bearer {token}"} if token else {}
        super().__init__(timeout=_TIMEOUT, headers={**headers, **given})
        self._server = server

    def request(self, *words: Any, **options: Any) -> httpx.Response:  # noqa: ANN401  # as the base has it
        """Return the answer to a request."""
        pauses, timeout = (_HURRIED_PAUSES, _HURRIED_TIMEOUT) if _hurried.get() else (_PAUSES, _TIMEOUT)
        for pause in (*pauses, None):
            try:
                response = super().request(*words, **{**options, "timeout": timeout})
            except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
                raise _unreachable(self._server, f"no answer in {timeout.read:.0f} seconds") from error
            except httpx.HTTPError as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    problem = f"the certificate of {self._server.label} is not trusted here"
                    raise FixVectorServer(problem, "mend it, or let SSL_CERT_FILE name its authority") from None
                trouble = type(error).__name__
            else:
                if response.status_code not in _BUSY:
                    return self._usable(response)
                trouble = f"status {response.status_code}"
            if pause is not None:
                time.sleep(pause)
        raise _unreachable(self._server, trouble)

    def _usable(self, response: httpx.Response) -> httpx.Response:
        """Return an answer of which Chroma's client makes a result or one of its errors."""
        label, status = self._server.label, response.status_code
        if status in _REFUSED:
            problem = (
                f"{label} does not take the token in CHROMA_TOKEN" if self._server.token else f"{label} wants a token"
            )
            raise FixVectorServer(problem, "set CHROMA_TOKEN to one that it knows")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _unreachable(self._server, f"status {status}")
        if status >= httpx.codes.MULTIPLE_CHOICES and not _is_chromas(response):
            problem = f"what answers for {label} is no Chroma server of version {_MAJOR}x (status {status})"
            raise FixVectorServer(problem, "mend CHROMA_URL, or install such a server")
        return response


def _unreachable(server: ChromaServer, trouble: str) -> WaitForVectorServer:
    mend = "check that it runs and that CHROMA_URL names its host and port, then try again"
    return WaitForVectorServer(f"{server.label} does not answer ({trouble})", mend)


def _is_chromas(response: httpx.Response) -> bool:
    try:
        return bool(response.json()["error"] in chromadb.errors.error_types)
    except (ValueError, KeyError, TypeError):
        return False
