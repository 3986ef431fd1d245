"""Discord only: commands in, replies out; no consultation logic."""

from discord.ext import commands

from bot.cogs.answers import AnswersCog
from bot.cogs.consult import ConsultCog
from bot.cogs.note import NoteCog
from bot.cogs.router import Router
from bot.cogs.sharing import Sharing
from bot.cogs.upkeep import Upkeep
from bot.consult.desk import Desk
from bot.storage.store import Store
from knowledge.entry import Corpus


def build_cogs(*, desk: Desk, store: Store, corpus: Corpus, router: Router) -> list[commands.Cog]:
    """Return every cog, each with its collaborators, in the order in which they are added."""
    sharing = Sharing(desk=desk, store=store, router=router)
    answers = AnswersCog(desk=desk, store=store, corpus=corpus, router=router, sharing=sharing)
    consult = ConsultCog(desk=desk, router=router, under=answers.under)
    answers.answers_with(consult.answer)
    note = NoteCog(desk=desk, corpus=corpus, router=router, under=answers.under)
    answers.add(note.more)
    return [consult, answers, sharing, note, Upkeep(store=store)]
