"""Puts a server's scope card under the replies that it bears on: crisis steps, and answers where the law matters."""

from bot.consult.outcome import Answered, Outcome, OutOfScope
from bot.consult.references import one_line
from bot.consult.reply import Part, Reply, Role, draft_cites
from bot.safety.verdicts import Audience, Field, Level
from bot.storage.scope_card import ScopeCard

_HEAD = "**Here, as this server's managers wrote it:**"
_ON_CALL = "On call: {on_call}"
_PROTOCOL = "Crisis protocol: {protocol}"
_JURISDICTION = (
    "-# **Jurisdiction here, as this server's managers wrote it:** {jurisdiction}. Its law and your board decide, and "
    "your supervisor knows them; this tool does not."
)
_SETTING = "-# **Here:** {setting}. `/about` shows this server's scope card."

_IN_A_CRISIS = frozenset(
    {
        "crisis-suicide",
        "crisis-violence-duty",
        "crisis-abuse-reporting",
        "crisis-acute-mental-state",
        "escalation-order",
    }
)
_BEFORE_THE_LAW = frozenset(
    {
        "documentation",
        "informed-consent-and-limits",
        "sud-confidentiality",
        "confidentiality-online",
        "offline-privacy-breach",
        "recording-and-notes-ruptures",
        "telehealth-ruptures",
        "competence-and-scope",
        "crisis-abuse-reporting",
        "crisis-violence-duty",
        "alliance-after-reporting",
    }
)
"""Topics on which the answer depends on where one works: records, confidentiality, reporting, care across borders."""

_LAWS_OWN = frozenset({Field.LAW, Field.LETTER})


def with_scope(reply: Reply, outcome: Outcome, card: ScopeCard) -> Reply:
    """Return a reply with what a server's scope card says to it; the card of a server that wrote none adds nothing.

    Steps for somebody else's danger, and the safety line of a caution, are followed by on-call hours and the place of
    the crisis protocol. Where the law matters the jurisdiction stands under the answer, else the setting.
    """
    if not card.filled:
        return reply
    parts = list(reply.parts)
    if here := _in_a_crisis(outcome, card):
        last = max((place for place, part in enumerate(parts) if part.role is Role.SAFETY), default=len(parts) - 1)
        parts.insert(last + 1, Part(Role.SCOPE, here))
    if line := _line(outcome, card):
        parts.append(Part(Role.SCOPE, line))
    return Reply(tuple(parts), reply.close)


def scope_lines(card: ScopeCard) -> list[str]:
    """Return what a card says, each field a line of a list; the empty ones are left out."""
    labelled = (
        ("Setting", card.setting),
        ("Levels of licence", card.licences),
        ("Jurisdiction", card.jurisdiction),
        ("On call", card.on_call),
        ("Crisis protocol", card.protocol),
    )
    return [f"- **{label}:** {one_line(text)}" for label, text in labelled if text]


def _in_a_crisis(outcome: Outcome, card: ScopeCard) -> str:
    if not _is_for_another(outcome) and _topics(outcome).isdisjoint(_IN_A_CRISIS):
        return ""
    told = [_ON_CALL.format(on_call=one_line(card.on_call))] if card.on_call else []
    told += [_PROTOCOL.format(protocol=one_line(card.protocol))] if card.protocol else []
    return "\n".join([_HEAD, *(f"- {line}" for line in told)]) if told else ""


def _line(outcome: Outcome, card: ScopeCard) -> str:
    about_law = isinstance(outcome, OutOfScope) and outcome.language is None and outcome.field in _LAWS_OWN
    if card.jurisdiction and (about_law or not _topics(outcome).isdisjoint(_BEFORE_THE_LAW)):
        return _JURISDICTION.format(jurisdiction=one_line(card.jurisdiction).rstrip("."))
    setting = "; ".join(one_line(text).rstrip(".") for text in (card.setting, card.licences) if text)
    return _SETTING.format(setting=setting) if setting and isinstance(outcome, Answered) else ""


def _is_for_another(outcome: Outcome) -> bool:
    """Tell whether a reply holds steps or a safety line for danger to somebody else than the asker."""
    return outcome.alarm.level is not Level.CALM and outcome.alarm.audience is Audience.OTHER


def _topics(outcome: Outcome) -> frozenset[str]:
    """Return the primary topics of the cards that an answer rests on."""
    if not isinstance(outcome, Answered):
        return frozenset()
    used = {cite.partition("#")[0] for cite in draft_cites(outcome)}
    return frozenset(passage.card.primary_topic for passage in outcome.passages if passage.card.id in used)
