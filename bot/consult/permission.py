"""Whether a language model may read what somebody types: they were told of it here, and do not do without it."""

import asyncio

from bot.consult.exchange import Asker
from bot.consult.notice import ModelNotice
from bot.errors import AssistantError
from bot.storage.consents import WriterChoice
from bot.storage.store import Store

_SECONDS_TO_LOOK_UP = 2.0


class ModelPermission:
    """Looks up what people have agreed to."""

    def __init__(self, store: Store, model: ModelNotice) -> None:
        """Hold the records, and what is told of the model."""
        self._store = store
        self.model = model

    async def given(self, asker: Asker) -> bool:
        """Tell whether there is a model that may read this person's words here; no where that cannot be looked up."""
        if not self.model.configured:
            return False
        try:
            async with asyncio.timeout(_SECONDS_TO_LOOK_UP):
                consent = await self._store.consents.find(asker.person, asker.server)
        except (AssistantError, TimeoutError):
            return False
        return consent is not None and consent.notice == self.model.version and consent.writer is WriterChoice.ANY
