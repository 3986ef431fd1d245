"""Second views and caveats that supervisors put beside a live answer; shown once somebody else has approved them."""

import asyncio
import uuid

from bot.curation.screening import Screen
from bot.errors import FixInput
from bot.storage.curated import SecondView, Signature
from bot.storage.store import Store

LONGEST_VIEW = 1_500

_ABOUT = ("view", "culture", "setting", "modality")


class Views:
    """The use cases of second views; who may is asked by the caller, every time."""

    def __init__(self, store: Store, screen: Screen) -> None:
        """Hold the truth, and what reads every text on its way in."""
        self._views = store.views
        self._screen = screen

    async def add(
        self, server: int, answer: uuid.UUID, person: int, *, about: str, text: str, signature: Signature
    ) -> SecondView:
        """Keep a second view or a caveat; it is shown once somebody else has approved it.

        Raises:
            FixInput: the words cannot be kept, or there is no such answer that anybody gets.
            AssistantError: the database cannot be used.
        """
        if about not in _ABOUT:
            raise FixInput(f"a second view is not about {about}", f"choose {', '.join(_ABOUT)}")
        words = await asyncio.to_thread(self._screen.view, text, longest=LONGEST_VIEW)
        return await self._views.add(server, answer, person, about=about, text=words, signature=signature)

    async def approve(self, server: int, view: uuid.UUID, person: int) -> SecondView:
        """Let a view be shown.

        Raises:
            FixInput: there is no such view, its words point at somebody, or the person wrote it.
            AssistantError: the database cannot be used.
        """
        found = await self._views.find(server, view)
        if found is not None and found.text is not None:
            await asyncio.to_thread(self._screen.require_general_line, found.text)
        return await self._views.approve(server, view, person)

    async def take_away(self, server: int, view: uuid.UUID, person: int) -> None:
        """Take the words of a view away for good; that there was one stays.

        Raises:
            FixInput: there is no such view.
            AssistantError: the database cannot be used.
        """
        await self._views.wipe(server, view, person)

    async def waiting(self, server: int) -> tuple[SecondView, ...]:
        """Return what waits for approval, earliest first.

        Raises:
            AssistantError: the database cannot be used.
        """
        return await self._views.waiting(server)

    async def of(self, server: int, answer: uuid.UUID) -> tuple[SecondView, ...]:
        """Return the views on an answer, approved or not.

        Raises:
            AssistantError: the database cannot be used.
        """
        return await self._views.of(server, answer)
