"""What the screens find; plain values that the whole path passes on."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """How a question stands to danger; a higher level never gives way to a lower one."""

    CALM = 0
    CAUTION = 1
    CRISIS = 2


class Audience(StrEnum):
    """Whose danger it is."""

    OTHER = "other"
    SELF = "self"


class Danger(StrEnum):
    """What the danger is about; each kind has its own fixed steps."""

    SUICIDE = "suicide"
    VIOLENCE = "violence"
    ABUSE = "abuse"
    PARTNER_VIOLENCE = "partner-violence"
    ACUTE_STATE = "acute-state"
    COUNSELOR = "counselor"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The crisis screen's reading of one question and its thread."""

    level: Level
    danger: Danger = Danger.UNKNOWN
    audience: Audience = Audience.OTHER


CALM = Alarm(Level.CALM)
"""No sign of danger."""

SCREEN_FAILED = Alarm(Level.CRISIS)
"""What a screen that failed counts as: the steps are shown."""


@dataclass(frozen=True, slots=True)
class Removal:
    """How many identifiers of one type were taken out."""

    type: str
    count: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without identifiers.

    Attributes:
        text: the question with typed placeholders, such as `[name]`, where identifiers stood.
        removed: what was taken out, by type; never the values.
    """

    text: str
    removed: tuple[Removal, ...] = ()


class Field(StrEnum):
    """What a declined question is about; each names its right person."""

    MEDICATION = "medication"
    DIAGNOSIS = "diagnosis"
    LAW = "law"
    BILLING = "billing"
    TESTING = "testing"
    PROTOCOL = "protocol"
    HOMEWORK = "homework"
    SOFTWARE = "software"
    LETTER = "letter"
    INSTRUCTION = "instruction"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ScopeReading:
    """How a question stands to the tool's purpose.

    Attributes:
        declined: what it is about, where it is certainly another person's to answer; None otherwise.
        outside: how much it is like questions outside the purpose; above 0 more like those than like ours.
        field: what it would be about if it were outside.
        named: whether its words name that field, beside what was learned.
    """

    declined: Field | None
    outside: float
    field: Field
    named: bool = False
