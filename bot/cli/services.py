"""Builds the services for a command, with a progress bar on a terminal and a plain line elsewhere."""

from typing import TYPE_CHECKING

from bot import log
from bot.cli.console import open_console
from bot.cli.progress import counted
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.app import Services
    from bot.consult.observer import Observer
    from knowledge.sync import SyncReport


def read_settings() -> Settings:
    """Read the settings, set the log up by them, and say on stderr where others may read a secret.

    Raises:
        FixSettings: a setting is unknown, misspelt or not usable.
    """
    settings = Settings.read()
    log.configure(settings.log_level, settings.log_format)
    if settings.exposed:
        console = open_console(stderr=True, markup=False, soft_wrap=True)
        console.print(f"{settings.exposed} holds a secret and other users may read it; chmod 600 {settings.exposed}.")
    return settings


def build_services(settings: Settings, *, rebuild: bool = False, observer: "Observer | None" = None) -> "Services":
    """Build the services; what is done to the index is told on stderr, and how models do to the observer.

    Raises:
        AssistantError: a setting cannot be used.
        KnowledgeError: the corpus, the model's files, the index or the data folder cannot be used.
    """
    from bot.app import build  # noqa: PLC0415  # Chroma takes seconds to import
    from bot.consult.observer import UNOBSERVED  # noqa: PLC0415  # together with it

    console = open_console(stderr=True)

    def waiting(sentence: str) -> None:
        console.print(sentence, markup=False, soft_wrap=True)

    with counted("Building the index", "passages") as progress:
        services = build(settings, progress=progress, rebuild=rebuild, observer=observer or UNOBSERVED, waiting=waiting)
    if services.sync.state == "rebuilt" or services.sync.embedded:
        console.print(describe(services.sync), style="dim")
    if services.warning:
        console.print(services.warning, markup=False, highlight=False, soft_wrap=True)
    return services


def describe(report: "SyncReport") -> str:
    """Say in one sentence what was done to the index."""
    match report.state:
        case "current":
            return f"The index is up to date: {report.rows} passages."
        case "built":
            return f"Built the index: {report.rows} passages."
        case "updated":
            changes = f"{report.embedded} passages embedded, {report.removed} removed"
            return f"Updated the index: {changes}, {report.rows} in all."
        case "rebuilt":
            return f"Rebuilt the index ({report.reason}): {report.rows} passages."
