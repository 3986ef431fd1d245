"""The notice that everyone sees once before their first answer in a server, and its version."""

import hashlib
from dataclasses import dataclass

from bot.consult.references import one_line

_NOTICE = (
    "**Before the first answer**\n"
    "This is an AI tool over a curated library of passages. It is no supervisor, no therapist and no emergency "
    "service, and it can be wrong.\n"
    "- Your questions and answers here are seen by you alone. Nobody in this server sees them, supervisors and admins "
    "included, unless you share one yourself.\n"
    "- Your words are not kept. They stay in memory for half an hour, so that you can follow up. Kept for {days}: "
    "that you asked, what it came to, which cards were shown, and whether they helped. `/privacy` shows, exports "
    "and erases it.\n"
    "- Discord itself receives whatever you type. Leave out names, places, dates and whatever else identifies a client."
)
_WITHOUT_MODEL = (
    "- No language model reads your question: the answer is put together from the library on our own machine."
)
_WITH_MODEL = (
    "- A language model reads your question, and what you say in a rehearsal, after identifying details were taken "
    "out. {notice} You can choose the built-in writer instead; then no model reads either."
)
_UNTOLD = "Ask whoever runs this bot which one, and what it keeps."


def consent_notice(*, days: int, model: bool, model_notice: str | None) -> str:
    """Return the notice.

    Args:
        days: how long rows are kept in this server.
        model: whether a language model is configured.
        model_notice: what the operator tells of it.
    """
    told = _WITH_MODEL.format(notice=one_line(model_notice or "") or _UNTOLD) if model else _WITHOUT_MODEL
    return f"{_NOTICE.format(days='1 day' if days == 1 else f'{days} days')}\n{told}"


def notice_version(*, model: bool, model_notice: str | None) -> str:
    """Return the version of what people agree to: it changes with our words and the operator's, not with the days."""
    text = consent_notice(days=0, model=model, model_notice=model_notice)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ModelNotice:
    """What people are told of the language model.

    Attributes:
        configured: whether there is one.
        words: the operator's own words on it.
    """

    configured: bool = False
    words: str | None = None

    @property
    def version(self) -> str:
        """The version of the notice that people agree to."""
        return notice_version(model=self.configured, model_notice=self.words)
