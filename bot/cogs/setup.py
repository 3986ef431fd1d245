"""`/setup`: a server's settings, for members with the permission Manage Server, which is asked for at every step."""

import asyncio
from collections.abc import Mapping
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.delivery import PrivateOut
from bot.cogs.features import WORDS, Feature
from bot.cogs.layout import notice, pages, row
from bot.cogs.options import Channel, TextChannel, chosen_region, offer_regions
from bot.cogs.overview import curation_rules, effective_region, lacking, open_items, summary, told
from bot.cogs.permissions import require_manager
from bot.cogs.reviews import Reviews
from bot.cogs.router import Press, Router, button, custom_id
from bot.cogs.scope import ScopeForm
from bot.consult.desk import Desk
from bot.errors import FixInput
from bot.storage.servers import LONGEST_RETENTION, ServerSettings, SettingsChanges, Threads
from bot.storage.store import Store
from bot.storage.supervisors import LONGEST_REVIEW, Rules
from knowledge.screens.lines import Region

_KEPT = "That is set."
_NOTHING = "Nothing was changed. This is how it stands:"
_FEATURES = "What is switched on in this server. Private answers and crisis steps always work."


class SetupCog(commands.Cog):
    """The commands of a server's managers."""

    group = app_commands.Group(
        name="setup",
        description="Settings of this server, for members who may manage it.",
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(  # each collaborator by its name
        self,
        *,
        desk: Desk,
        store: Store,
        router: Router,
        reviews: Reviews,
        scope: ScopeForm,
        regions: Mapping[str, Region],
    ) -> None:
        """Hold the collaborators.

        Args:
            desk: knows the program's own region.
            store: what is kept.
            router: leads presses here.
            reviews: keeps who has read the crisis texts.
            scope: keeps the scope card.
            regions: every region that can be chosen.
        """
        self._desk = desk
        self._store = store
        self._reviews = reviews
        self._scope = scope
        self._regions = regions
        self._changing = asyncio.Lock()
        router.on("features", self._switched)
        offer_regions(self.group.get_command("region"), regions, own=f"the program's own ({desk.region})")
        offer_regions(self.group.get_command("reviewed"), regions)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let managers of the server pass; Discord hides the commands from others, but a server can change that."""
        require_manager(interaction)
        return True

    @group.command(name="show", description="All settings of this server, what is still open first.")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Show every setting."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await self._store.servers.settings(require_manager(interaction))
        await self._tell(interaction, settings, "**This server's settings**")

    @group.command(name="roles", description="Who the supervisors are, and who is on call.")
    @app_commands.describe(
        supervisor="Members of this role count as supervisors.",
        on_call="This role can be called from crisis steps.",
        take_back="Set no such role any more.",
    )
    async def roles(
        self,
        interaction: discord.Interaction[Any],
        supervisor: discord.Role | None = None,
        on_call: discord.Role | None = None,
        take_back: Literal["supervisor", "on-call", "both"] | None = None,
    ) -> None:
        """Set or take back roles."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        changes: SettingsChanges = {}
        if supervisor is not None:
            changes["supervisor_role"] = _of_people(supervisor).id
        if on_call is not None:
            changes["on_call_role"] = _of_people(on_call).id
        if take_back in {"supervisor", "both"}:
            _refuse_both(supervisor)
            changes["supervisor_role"] = None
        if take_back in {"on-call", "both"}:
            _refuse_both(on_call)
            changes["on_call_role"] = None
        await self._change(interaction, changes)

    @group.command(name="channels", description="Where I may answer for everyone to read, and where supervisors read.")
    @app_commands.rename(opened="open", closed="close")
    @app_commands.describe(
        opened="Open this channel for public answers and sharing.",
        closed="Close this channel again.",
        review="What goes to supervisors is posted in this channel.",
        take_back_review="Set no review channel any more.",
    )
    async def channels(
        self,
        interaction: discord.Interaction[Any],
        opened: Channel | None = None,
        closed: Channel | None = None,
        review: TextChannel | None = None,
        take_back_review: bool = False,  # noqa: FBT001, FBT002  # Discord gives options by position
    ) -> None:
        """Open or close a channel, set or take back the review channel."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        changes: SettingsChanges = {}
        if review is not None or take_back_review:
            if take_back_review:
                _refuse_both(review)
            changes["review_channel"] = review.id if review else None
        async with self._changing:
            if opened is not None or closed is not None:
                settings = await self._store.servers.settings(require_manager(interaction))
                opening, closing = ({place.id} if place else set() for place in (opened, closed))
                still_there = _still_there(settings.open_channels, interaction.guild)
                changes["open_channels"] = (still_there | opening) - closing
            await self._change(interaction, changes)

    @group.command(name="region", description="Whose emergency and crisis lines I print in this server.")
    @app_commands.describe(region="The region; people can choose another for themselves with /my region.")
    async def region(self, interaction: discord.Interaction[Any], region: str) -> None:
        """Set the region."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._change(interaction, {"region": chosen_region(region, self._regions)})

    @group.command(name="threads", description="Who sees the threads in which I answer mentions.")
    @app_commands.describe(visibility="Private: the asker and those they invite. Public: everyone in the channel.")
    async def threads(self, interaction: discord.Interaction[Any], visibility: Literal["private", "public"]) -> None:
        """Set who sees the bot's threads."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._change(interaction, {"threads": Threads(visibility)})

    @group.command(name="retention", description="How long rows about questions are kept; questions never are.")
    @app_commands.describe(days="Days until a row is deleted.")
    async def retention(
        self, interaction: discord.Interaction[Any], days: app_commands.Range[int, 1, LONGEST_RETENTION]
    ) -> None:
        """Set how long rows are kept."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._change(interaction, {"retention_days": days})

    @group.command(name="curation", description="Rules for your supervisors' own answers.")
    @app_commands.describe(
        own_approval="Whether who wrote an answer may approve it, such as where there is one supervisor.",
        review_days="Days after which an approved answer has to be looked at again.",
    )
    async def curation(
        self,
        interaction: discord.Interaction[Any],
        own_approval: bool | None = None,  # noqa: FBT001  # Discord gives options by position
        review_days: app_commands.Range[int, 1, LONGEST_REVIEW] | None = None,
    ) -> None:
        """Set the rules of curation; what is left out stays as it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = require_manager(interaction)
        if own_approval is None and review_days is None:
            await self._change(interaction, {})
            return
        async with self._changing:
            before = await self._store.supervisors.rules(server)
            own = before.own_approval if own_approval is None else own_approval
            rules = Rules(own, review_days or before.review_days)
            await self._store.supervisors.set_rules(server, interaction.user.id, rules)
        await self._tell(interaction, await self._store.servers.settings(server), _KEPT)

    @group.command(name="features", description="Switch functions on and off.")
    async def features(self, interaction: discord.Interaction[Any]) -> None:
        """Show the list of functions."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await self._store.servers.settings(require_manager(interaction))
        await interaction.edit_original_response(view=_features_view(settings))

    @group.command(name="reviewed", description="Keep who has read the crisis texts: role, licence, jurisdiction.")
    @app_commands.describe(region="For which region.", take_back="Nobody counts as having read them any more.")
    async def reviewed(
        self,
        interaction: discord.Interaction[Any],
        region: str,
        take_back: bool = False,  # noqa: FBT001, FBT002  # Discord gives options by position
    ) -> None:
        """Open the form of the review, or take the review back."""
        if not take_back:
            await interaction.response.send_modal(self._reviews.form(chosen_region(region, self._regions) or ""))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._change(interaction, {"crisis_review": None})

    @group.command(
        name="scope", description="The scope card: setting, licences, jurisdiction, on-call hours, protocol."
    )
    async def scope(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form of the scope card."""
        await self._scope.open(interaction)

    async def _switched(self, press: Press) -> None:
        """Switch on what was chosen in the list, and off what was not."""
        server = require_manager(press.interaction)
        await press.interaction.response.defer()
        chosen = {feature for feature in Feature if feature in press.values.get("", ())}
        async with self._changing:
            before = await self._store.servers.settings(server)
            others = before.features - set(Feature)
            settings = await self._store.servers.change(server, features=others | chosen)
        await press.interaction.edit_original_response(view=_features_view(settings, _KEPT))

    async def _change(self, interaction: discord.Interaction[Any], changes: SettingsChanges) -> None:
        """Keep changes and tell how everything stands."""
        server = require_manager(interaction)
        if changes:
            settings = await self._store.servers.change(server, **changes)
        else:
            settings = await self._store.servers.settings(server)
        lacks = lacking(settings, interaction.guild)
        head = "\n".join([_KEPT, *lacks]) if changes else _NOTHING
        await self._tell(interaction, settings, head)

    async def _tell(self, interaction: discord.Interaction[Any], settings: ServerSettings, head: str) -> None:
        own, known = self._desk.region, tuple(self._regions)
        items = open_items(settings, interaction.guild, own=own, known=known)
        lines = [
            *summary(settings, own=own, known=known),
            *curation_rules(await self._store.supervisors.rules(settings.server)),
        ]
        texts = [head, f"**Still open**\n{told(items)}", "\n".join(lines)]
        region = effective_region(settings, own, known)
        out = PrivateOut(interaction)
        for view in pages(texts, [button("Read the crisis texts", "crisistexts", region)]):
            await out.put(view)


def _still_there(channels: frozenset[int], guild: discord.Guild | None) -> frozenset[int]:
    """Return the channels without those that were deleted, which nobody could choose in order to close them."""
    if guild is None or guild.unavailable:
        return channels
    return frozenset(channel for channel in channels if guild.get_channel_or_thread(channel))


def _features_view(settings: ServerSettings, *before: str) -> discord.ui.LayoutView:
    options = [
        discord.SelectOption(
            label=words.label, description=words.description, value=code, default=code in settings.features
        )
        for code, words in WORDS.items()
    ]
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id("features"),
        placeholder="Nothing is switched on",
        min_values=0,
        max_values=len(options),
        options=options,
    )
    return notice(*before, _FEATURES, extra=[row(select)])


def _of_people(role: discord.Role) -> discord.Role:
    if role.is_default() or role.managed:
        raise FixInput(
            "that role is everyone's, or belongs to a bot or to Discord", "choose a role that you give to people"
        )
    return role


def _refuse_both(chosen: object) -> None:
    if chosen is not None:
        raise FixInput("the same thing cannot be set and taken back at once", "leave out one of the two")
