"""A real Chroma server for the tests, and a proxy in front of one that checks a token, is slow, or lies."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from knowledge.chroma import ChromaServer

_SECONDS_TO_START = 60
_RUN = "import sys, chromadb_rust_bindings; chromadb_rust_bindings.cli(['chroma', 'run', *sys.argv[1:]])"
"""What the package's own `chroma` does, without its Python half, which takes seconds to import."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Chroma:
    """A server as a process."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        words = ["--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(  # noqa: S603  # the package's own program
            [sys.executable, "-c", _RUN, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "RUST_LOG": "off"},
        )
        until = time.monotonic() + _SECONDS_TO_START
        while True:
            assert self.process.poll() is None, "the Chroma server ended"
            try:
                with urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=1):  # noqa: S310  # our own
                    return
            except OSError:
                assert time.monotonic() < until, "the Chroma server did not start"
                time.sleep(0.05)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def fresh(self, url: str | None = None, token: str | None = None) -> ChromaServer:
        """Make a database on it and return where that is, seen through another address if there is one."""
        name = f"db-{uuid.uuid4().hex[:12]}"
        request = urllib.request.Request(  # noqa: S310  # our own
            f"{self.url}/api/v2/tenants/default_tenant/databases",
            data=f'{{"name": "{name}"}}'.encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310  # the same
            return ChromaServer(url or self.url, token, database=name)


@contextmanager
def running_chroma(folder: Path) -> Iterator[Chroma]:
    """Give a server that is stopped afterwards."""
    server = Chroma(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@dataclass
class Proxy:
    """What stands in front of a server.

    Attributes:
        behind: the server's address.
        token: requests without it are refused; None lets all through.
        delay: seconds before each answer.
        instead: status and body to answer with, by the end of a path; taken in turn, the last one for good.
        asked: how many requests there were.
    """

    behind: str
    token: str | None = None
    delay: float = 0.0
    instead: dict[str, list[tuple[int, bytes] | None]] = field(default_factory=dict)
    asked: int = 0
    url: str = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
        self.asked += 1
        time.sleep(self.delay)
        if self.token and not (
            headers.get("x-chroma-token") == self.token and headers.get("authorization") == f"Bearer {self.token}"
        ):
            return 401, b"no"
        for end, answers in self.instead.items():
            if path.partition("?")[0].endswith(end):
                told = answers.pop(0) if len(answers) > 1 else answers[0]
                if told is not None:
                    return told
        passed = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.behind + path, data=body, headers=passed, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as found:  # noqa: S310  # our own server
                return found.status, found.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@contextmanager
def running_proxy(proxy: Proxy) -> Iterator[Proxy]:
    """Let a proxy listen until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = proxy.answer(self.command, self.path, headers, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_DELETE = do_PUT = _pass  # noqa: N815  # the base's names

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of a client that left before a slow answer."""

    listening = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    proxy.url = f"http://127.0.0.1:{listening.server_address[1]}"
    try:
        yield proxy
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
