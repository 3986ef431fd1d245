"""Discord only: commands in, replies out; no consultation logic."""

from discord.ext import commands

from bot.cogs.answers import AnswersCog
from bot.cogs.asking import Asking
from bot.cogs.consult import ConsultCog
from bot.cogs.flights import Flights
from bot.cogs.menu import MenuCog
from bot.cogs.rooms import RoomsCog
from bot.cogs.router import Router
from bot.cogs.seal import Seal
from bot.cogs.sharing import Sharing
from bot.cogs.steps import Steps
from bot.consult.desk import Desk
from bot.storage.store import Store
from knowledge.entry import Corpus


def build_cogs(
    bot: commands.Bot, *, desk: Desk, store: Store, corpus: Corpus, router: Router, flights: Flights
) -> list[commands.Cog]:
    """Return every cog, each with its collaborators, in the order in which they are added."""
    sharing = Sharing(desk=desk, store=store, router=router)
    answers = AnswersCog(desk=desk, store=store, corpus=corpus, router=router, sharing=sharing)
    consult = ConsultCog(desk=desk, router=router, under=answers.under)
    steps = Steps(desk=desk, router=router, under=answers.under, seal=Seal(bot.http.token or ""))
    asking = Asking(desk=desk, router=router, steps=steps, under=answers.under, privately=consult.answer)
    rooms = RoomsCog(bot=bot, desk=desk, store=store, asking=asking, steps=steps, flights=flights)
    menu = MenuCog(tree=bot.tree, desk=desk, store=store, router=router, asking=asking, steps=steps)
    answers.answers_with(rooms.answer)
    return [consult, answers, sharing, rooms, menu]
