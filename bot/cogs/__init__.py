"""Discord only: commands in, replies out; no consultation logic."""

from discord.ext import commands

from bot.cogs.about import AboutCog
from bot.cogs.afterwards import AfterwardsCog, Helped
from bot.cogs.another import AnotherWay
from bot.cogs.answers import AnswersCog
from bot.cogs.approving import Approving
from bot.cogs.asking import Asking
from bot.cogs.cardmarks import CardCommands
from bot.cogs.consult import ConsultCog
from bot.cogs.curate import CurateCog
from bot.cogs.escalate import EscalateCog
from bot.cogs.flights import Flights
from bot.cogs.insights import InsightsCog
from bot.cogs.knowledge import KnowledgeCog
from bot.cogs.lookback import LookBack
from bot.cogs.menu import MenuCog
from bot.cogs.mine import MineCog
from bot.cogs.note import NoteCog
from bot.cogs.oncall import OnCallCog
from bot.cogs.owners import OwnerCommands
from bot.cogs.peer import PeerCog
from bot.cogs.peertake import Taking
from bot.cogs.privacy import PrivacyCog
from bot.cogs.reflecting import Reflecting
from bot.cogs.rehearse import RehearseCog
from bot.cogs.reviews import Reviews
from bot.cogs.rooms import RoomsCog
from bot.cogs.router import Router
from bot.cogs.saving import SavingCog
from bot.cogs.scope import ScopeForm
from bot.cogs.seal import Seal
from bot.cogs.setup import SetupCog
from bot.cogs.sharing import Sharing
from bot.cogs.signing import Signing
from bot.cogs.steps import Steps
from bot.cogs.typed import DangerFirst
from bot.cogs.upkeep import Upkeep
from bot.cogs.views import ViewCommands
from bot.consult.desk import Desk
from bot.consult.library import Library
from bot.consult.limits import Limits
from bot.consult.permission import ModelPermission
from bot.curation.service import Curation
from bot.rehearse.rehearsals import Rehearsals
from bot.storage.store import Store
from knowledge.entry import Corpus
from knowledge.protocols import load_protocols
from knowledge.screens import regions

_SEARCHES_PER_PERSON = 30
_SEARCHES_PER_SERVER = 600
"""In ten minutes; a search costs about as much as a question, and people look up a few cards in a row."""

_LINES_PER_PERSON = 60
_LINES_PER_SERVER = 1200
"""Lines of rehearsals in ten minutes."""


def build_cogs(  # noqa: PLR0913  # each collaborator by its name
    bot: commands.AutoShardedBot,
    *,
    desk: Desk,
    store: Store,
    curation: Curation,
    corpus: Corpus,
    library: Library,
    rehearsals: Rehearsals,
    router: Router,
    flights: Flights,
) -> list[commands.Cog]:
    """Return every cog, each with its collaborators, in the order in which they are added."""
    sharing = Sharing(desk=desk, store=store, router=router)
    answers = AnswersCog(desk=desk, store=store, corpus=corpus, router=router, sharing=sharing)
    reflecting = Reflecting(desk=desk, router=router, under=answers.under)
    consult = ConsultCog(desk=desk, router=router, under=answers.under, reflecting=reflecting)
    steps = Steps(desk=desk, router=router, under=answers.under, seal=Seal(bot.http.token or ""))
    asking = Asking(
        desk=desk, router=router, steps=steps, under=answers.under, privately=consult.answer, reflecting=reflecting
    )
    rooms = RoomsCog(bot=bot, desk=desk, store=store, asking=asking, steps=steps, flights=flights)
    menu = MenuCog(tree=bot.tree, desk=desk, store=store, router=router, asking=asking, steps=steps)
    answers.answers_with(rooms.answer)
    on_call = OnCallCog(desk=desk, store=store, router=router)
    answers.add(on_call.under)
    privacy = PrivacyCog(desk=desk, store=store, router=router)
    for forget in (consult.forget, reflecting.forget, asking.forget, menu.forget, on_call.forget):
        privacy.add(forget)
    note = NoteCog(desk=desk, corpus=corpus, router=router, under=answers.under)
    answers.add(note.more)
    answers.add(AnotherWay(desk=desk, corpus=corpus, router=router).more)
    privacy.add(note.forget)
    danger = DangerFirst(desk, answers.under)
    lines = Limits(person=_LINES_PER_PERSON, server=_LINES_PER_SERVER)
    permission = ModelPermission(store, desk.model)
    rehearse = RehearseCog(
        desk=desk, rehearsals=rehearsals, router=router, danger=danger, limits=lines, permission=permission
    )
    privacy.add(rehearse.forget)
    afterwards = AfterwardsCog(bot=bot, desk=desk, store=store, router=router)
    answers.add(afterwards.under)
    privacy.erases_with(afterwards.forget)
    taking = Taking(desk=desk, router=router, danger=danger)
    privacy.add(taking.forget)
    return [
        consult,
        answers,
        sharing,
        rooms,
        menu,
        on_call,
        privacy,
        note,
        rehearse,
        afterwards,
        PeerCog(bot=bot, desk=desk, store=store, router=router, asking=asking, protocols=load_protocols()),
        Upkeep(store=store, curation=curation),
        *_others(bot, desk, store, curation, library, router, answers, menu, privacy),
    ]


def _others(  # noqa: PLR0913, PLR0917  # as above
    bot: commands.AutoShardedBot,
    desk: Desk,
    store: Store,
    curation: Curation,
    library: Library,
    router: Router,
    answers: AnswersCog,
    menu: MenuCog,
    privacy: PrivacyCog,
) -> list[commands.Cog]:
    """Return the cogs of what is beside consultations: settings, choices, the library."""
    known = regions()
    danger = DangerFirst(desk, answers.under)
    reviews = Reviews(desk=desk, store=store, router=router, library=library, danger=danger)
    scope = ScopeForm(desk=desk, store=store, router=router, danger=danger)
    helped = Helped(store=store, corpus=library.corpus)
    signing = Signing(store=store, reviews=reviews, danger=danger)
    approving = Approving(desk=desk, store=store, curation=curation, router=router, signing=signing, danger=danger)
    curate = CurateCog(
        desk=desk,
        store=store,
        curation=curation,
        router=router,
        approving=approving,
        helped=helped,
        danger=danger,
        more=[
            ViewCommands(desk=desk, store=store, curation=curation, router=router, signing=signing, danger=danger),
            CardCommands(desk=desk, store=store, library=library, router=router, signing=signing),
            OwnerCommands(desk=desk, store=store, corpus=library.corpus),
            *LookBack(desk=desk, store=store, curation=curation, router=router, danger=danger).commands(),
        ],
    )
    escalate = EscalateCog(
        bot=bot, desk=desk, store=store, curation=curation, router=router, curate=curate, danger=danger
    )
    answers.add(escalate.under)
    saving = SavingCog(
        tree=bot.tree,
        desk=desk,
        store=store,
        curation=curation,
        router=router,
        curate=curate,
        danger=danger,
        reach=menu.reach,
    )
    privacy.add(saving.forget)
    limits = Limits(person=_SEARCHES_PER_PERSON, server=_SEARCHES_PER_SERVER)
    return [
        SetupCog(desk=desk, store=store, router=router, reviews=reviews, scope=scope, regions=known),
        curate,
        escalate,
        InsightsCog(desk=desk, store=store),
        saving,
        MineCog(desk=desk, store=store, regions=known),
        AboutCog(desk=desk, store=store, corpus=library.corpus, regions=known),
        KnowledgeCog(desk=desk, library=library, router=router, danger=danger, limits=limits),
    ]
