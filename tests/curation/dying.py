"""A process that kills itself in the middle of what its second word names; run by the tests of crashes."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.curation.publish import Publisher
from bot.curation.screening import Screen
from bot.curation.service import Curation
from bot.settings import Settings
from bot.storage.answers import Entry
from bot.storage.engine import Database
from bot.storage.store import store_on
from bot.vectors import CuratedPlace
from knowledge.chroma import ChromaServer, connect
from knowledge.places import FolderPlace, ServerPlace
from tests.consult.fakes import FakePrivacyScreen
from tests.curation.fakes import ANNA, BEN, SIGNED, HashEmbedder, words

SERVER = 5


def die(*_: object) -> None:
    """End as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


async def main(folder: Path, at: str, url: str | None = None, database_there: str = "") -> None:
    """Publish, and die where told; with an address the index is on that Chroma server."""
    place = ServerPlace(connect(ChromaServer(url, database=database_there))) if url else FolderPlace(folder)
    async with Database.of(Settings(data_dir=folder)) as database:
        store = store_on(database)
        vectors = CuratedPlace(place)(folder, HashEmbedder.name)
        publisher = Publisher(store.published, HashEmbedder(), vectors)
        if at != "batch":
            await publisher.reconcile()
        curation = Curation(
            store, Screen(FakePrivacyScreen()), nudge=die if at in {"approve", "retire"} else lambda _: None
        )
        if at == "retire":
            first = next(one for one in await store.answers.listed(SERVER) if one.title == "fees 0")
            await curation.retire(SERVER, first.id, BEN)
        if at == "import":

            def entries() -> Any:  # noqa: ANN401  # an iterator that dies on its way
                yield Entry("file-1", words("file 1"))
                yield Entry("file-2", words("file 2"))
                die()

            await store.answers.take_in(SERVER, ANNA, entries(), origin=(await store.answers.listed(SERVER))[0].origin)
        kept = await curation.new(SERVER, ANNA, words("silence"))
        await curation.submit(SERVER, kept.answer.id, ANNA)
        await curation.approve(SERVER, kept.answer.id, BEN, revision=1, signature=SIGNED)
        if at == "index":
            vectors.write = die  # type: ignore[method-assign,assignment]  # between truth and index
        upsert = vectors._collection.upsert

        def one_row(ids: Sequence[str], embeddings: Any, metadatas: Sequence[Any]) -> None:  # noqa: ANN401  # Chroma's
            upsert(ids=list(ids[:1]), embeddings=embeddings[:1], metadatas=list(metadatas[:1]))
            die()

        if at == "batch":
            vectors._collection.upsert = one_row  # in the middle of an answer
        await publisher.reconcile()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
