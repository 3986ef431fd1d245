"""The row that is kept of a consultation."""

from datetime import UTC, datetime

from bot.consult.exchange import Exchange
from bot.consult.outcome import Abstained, Answered
from bot.consult.record import name_of
from bot.storage import consultations


def row_of(exchange: Exchange) -> consultations.Consultation:
    """Return what is kept of an exchange: ids, the outcome and times; nothing of what its asker reflected on."""
    outcome = exchange.outcome
    passages = outcome.passages if isinstance(outcome, Answered | Abstained) else ()
    used = {unit.partition("#")[0] for unit in exchange.units}
    cards = [passage.card for passage in passages if passage.card.id in used]
    nearest = [*cards, *(passage.card for passage in passages)]
    return consultations.Consultation(
        id=exchange.id,
        server=exchange.asker.server,
        person=exchange.asker.person,
        outcome=name_of(outcome),
        cards=tuple(card.id for card in cards),
        topic=nearest[0].primary_topic if nearest else None,
        asked_at=datetime.now(UTC),
        milliseconds=round(exchange.consultation.milliseconds.get("total", 0)),
        writer=outcome.draft.writer if isinstance(outcome, Answered) else None,
        units=exchange.units,
    )
