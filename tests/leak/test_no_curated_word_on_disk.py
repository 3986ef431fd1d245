"""With DATA_KEY set, no file that the program writes holds a word of what supervisors wrote or were asked."""

import zipfile
from datetime import date, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.curation.publish import Publishing
from bot.settings import Settings
from bot.storage.answers import Entry
from bot.storage.backup import backup
from bot.storage.curated import Answer, Change, Content, Item, Origin, Signature, State
from bot.storage.keyring import new_key
from bot.storage.store import open_store
from knowledge.curated import CuratedVectors
from knowledge.embedding import MiniLmEmbedder

_SERVER, _ANNA, _BEN = 7, 11, 12
_WORDS = ("zebrawort", "quillfish", "mossbarn", "dewlantern", "rustharp", "inkmeadow", "plumgate", "fogwhistle")
_CONTENT = Content(
    "Late zebrawort",
    (Item("Say the quillfish once."),),
    ("who pays when the mossbarn is closed",),
    when_to_use=(Item("They bring a dewlantern."),),
    wording=(Item("Shall we look at the dewlantern?"),),
)
_SIGNED = Signature("clinical supervisor", "LPC-S", "Texas", date(2026, 11, 2))


def _approve(answer: Answer) -> Change:
    day = _SIGNED.on + timedelta(days=180)
    return Change("approve", State.APPROVED, answer.revision, signature=_SIGNED, approver=_BEN, review_by=day)


def _found(folder: Path) -> list[tuple[str, str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, word) for path in files for word in _WORDS if word.encode() in path.read_bytes().lower()]


async def test_no_word_of_curation_is_in_the_data_folder_or_a_backup(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    folder = tmp_path / "data"
    settings = Settings(data_dir=folder, data_key=SecretStr(new_key()))
    async with open_store(settings) as store:
        entry = Entry("late-zebrawort", _CONTENT)
        (taken,) = await store.answers.take_in(_SERVER, _ANNA, [entry], origin=Origin.NEW)
        await store.answers.change(_SERVER, taken.answer.id, _BEN, _approve, why="for the rustharp")
        view = await store.views.add(
            _SERVER, taken.answer.id, _ANNA, about="view", text="Not with an inkmeadow.", signature=_SIGNED
        )
        await store.views.approve(_SERVER, view.id, _BEN)
        asked = await store.escalations.ask(_SERVER, 5, "And the plumgate?", anonymous=True, tell="here", channel=None)
        await store.escalations.answer(_SERVER, asked.id, _ANNA, "Ask the fogwhistle.")
        async with Publishing(store.database, store.published, folder, embedder, CuratedVectors) as publishing:
            await publishing.reconcile(everything=True)
            assert publishing.vectors is not None
            (whole,) = publishing.vectors.inventory(_SERVER, [taken.answer.id.hex])[_SERVER].values()
            assert whole
            assert (folder / "supervision.db-wal").exists()
            assert _found(folder) == []
        live = (await store.published.live(_SERVER, [taken.answer.id]))[taken.answer.id]
        assert (live.content, live.views[0].text) == (_CONTENT, "Not with an inkmeadow.")
    await backup(settings, tmp_path / "kept.backup")
    with zipfile.ZipFile(tmp_path / "kept.backup") as archive:
        archive.extractall(tmp_path / "kept")
    assert _found(tmp_path) == []
    assert any(path.name == "chroma.sqlite3" for path in folder.rglob("*"))
