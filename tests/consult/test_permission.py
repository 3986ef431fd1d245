"""Whether a model may read what somebody types: told of it here, with the notice of now, and not without records."""

from pathlib import Path

import pytest

from bot.consult.exchange import Asker
from bot.consult.notice import ModelNotice
from bot.consult.permission import ModelPermission
from bot.errors import TryAgainLater
from bot.settings import Settings
from bot.storage.consents import Consent
from bot.storage.store import open_store

_MODEL = ModelNotice(configured=True)
_HERE = Asker(1, 2, 3)


async def test_it_is_given_by_who_agreed_to_the_notice_of_now_in_this_server(tmp_path: Path) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        permission = ModelPermission(store, _MODEL)
        assert not await permission.given(_HERE)
        await store.consents.give(1, 2, notice=_MODEL.version)
        assert await permission.given(_HERE)
        assert not await permission.given(Asker(1, None, 3))
        assert not await ModelPermission(store, ModelNotice()).given(_HERE)
        await store.consents.give(1, 2, notice="of last year")
        assert not await permission.given(_HERE)


async def test_where_the_records_cannot_be_read_it_is_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(Settings(data_dir=tmp_path)) as store:
        await store.consents.give(1, 2, notice=_MODEL.version)

        async def unreachable(person: int, server: int | None) -> Consent | None:  # noqa: ARG001
            raise TryAgainLater("the database cannot be reached", "wait")

        monkeypatch.setattr(store.consents, "find", unreachable)
        assert not await ModelPermission(store, _MODEL).given(_HERE)
