"""How well a card's unit fits the situation: the setting it was asked in, who moved, and what was tried already."""

import re
from dataclasses import dataclass

from bot.consult import signs
from bot.consult.reading import Marker, Mover, Reading, Tried
from knowledge.entry import Section, Unit

_TRIED_ALREADY, _HELPS_NEXT = -0.2, 0.1
_FITS_MARKER, _FITS_MOVER, _MISFITS_MOVER = 0.1, 0.06, -0.12
_OTHER_EXPLANATION = 0.15
_FITS_SETTING, _MISFITS_SETTING = 0.08, -0.2
"""In cosine similarity, as nearness is; chosen so that one misfit outweighs a usual difference between two units."""


def _any(*cues: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(cues) + r")(?!\w)")


_SETTINGS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        _any(r"couples?|husband|wife|spouses?|married|marriage|partners?|famil\w+|mother in law|in-laws|both of them"),
        _any(r"couples?|partners?|famil(?:y|ies)|(?:the )?quieter (?:partner|one)|each partner|spouse"),
    ),
    (
        _any(
            r"teens?|teenagers?|kids?|child(?:ren)?|minors?|adolescents?|boys?|girls?|\d{1,2} ?(?:yo|y/o|yr old|year old)|"
            r"\d{1,2}[- ]year[- ]olds?|school|grade\w*|sophomore|freshman|mom|mum|parents?|foster|tweens?|middle schooler|(?:s?he'?s|is|was|a) (?:[4-9]|1[0-7])(?! (?:min|week|month|day|session))"
        ),
        _any(r"child(?:ren)?|teens?|teenagers?|minors?|parents?|kids?|adolescents?|young people|guardians?"),
    ),
    (
        _any(r"groups?|members?|iop|co-?leaders?|circle"),
        _any(r"groups?|members?|co-?leaders?"),
    ),
    (
        _any(
            r"texts?|texted|texting|e-?mails?|emailed|messages?|messaged|sms|dms?|voicemails?|portal|thumbs up|emojis?|on read|"
            r"chat|repl(?:y|ies|ied)|autocorrect|msgs?|letters?"
        ),
        _any(r"texts?|by (?:text|e-?mail)|e-?mails?|messages?|emojis?|portal|by letter"),
    ),
    (
        _any(
            r"video|zoom|tele\w*|camera|cam|screens?|online|remote|lag\w*|bandwidth|virtual|phone|calls?|frozen?|froze|"
            r"wifi|mute[sd]?|platform"
        ),
        _any(r"on (?:video|screen|camera)|the screen|video|telehealth|camera|by phone|on the phone|the call|lag\w*"),
    ),
    (
        _any(r"interpret\w+|translat\w+|language|accent|deaf|asl|english|immigrant|refugee"),
        _any(r"interpreter'?s?|second language|in their language|translat\w+"),
    ),
    (
        _any(r"intern\w*|trainee|practicum|student|supervis\w+|sup|supe|grad|licensed|lpc"),
        _any(r"if you are a trainee|if you'?re a trainee|as a trainee|trainees?|your supervisee"),
    ),
    (
        _any(r"court|mandat\w*|probation|parole|judge|po|cps|custody|prison|jail|ordered|inmate"),
        _any(r"mandated|court\w*|probation|referral source|the mandate"),
    ),
)
"""How a setting is told in a question, and how a unit says that it is for that setting."""

_APOLOGY = _any(r"apolog\w+|say sorry|i'?m sorry|own (?:it|what|your|the|that|cutting)|owned?|say so first")
_EXPLAINING = _any(r"give (?:the|your) reasons?|explain (?:why|what|the|how)|say why|lay out")
_NO_EXPLAINING = _any(
    r"(?:without|no|leave out|stop|less|don'?t|skip|instead of) (?:\w+ ){0,2}(?:explain\w*|explanations?|facts|theory|reasons?|"
    r"defend\w*|policy|justif\w+|just kidding)|before you explain|before explaining"
)
_ASKING = re.compile(r"^(?:ask|check|name the|invite)\b|\bask (?:what|how|whether|if) ")
_AFTER_ASKING = _any(
    r"no, it'?s fine|it'?s fine|don'?t push|without pushing|don'?t press|ask again|come back|next time|half a complaint|"
    r"half-complaint|leave (?:it|the door)|later|return to|another channel|a note|smaller"
)
_LIMITS = _any(r"limits?|boundar\w+|hold (?:the|to|your)|stands|rule|policy|without (?:giving in|agreeing)|give in to")
_SUPERVISION = _any(r"supervisor|supervision|consult\w*")
_REACHING = _any(r"send (?:one|a)|call once|write (?:one|a)|one warm message|reach out|message through")
_STEADY = _any(r"breath\w*|slow\w*|steady|calm\w*|pause|stay (?:seated|in contact)")

_TRIED_UNITS: dict[Tried, tuple[re.Pattern[str], re.Pattern[str] | None]] = {
    Tried.APOLOGISED: (_APOLOGY, _AFTER_ASKING),
    Tried.EXPLAINED: (_EXPLAINING, _NO_EXPLAINING),
    Tried.ASKED: (_ASKING, _AFTER_ASKING),
    Tried.GAVE_IN: (_any(r"offer to (?:move|change|waive)|give them"), _LIMITS),
    Tried.WITHDREW: (_any(r"let it go|leave it for now"), _STEADY),
    Tried.SUPERVISOR: (_SUPERVISION, None),
    Tried.REACHED_OUT: (_REACHING, None),
}
"""For what was tried: the units that would suggest it as if new, and those that help after it."""

_MARKER_UNITS = {
    Marker.WITHDRAWAL: _any(
        r"quiet\w*|silen\w+|withdraw\w*|went flat|shut\w* down|it'?s fine|half[- ]?(?:a )?complaint|missing voice|"
        r"one-word|agree(?:s|ment|ing)?|absence|missed|comes? back|pulled? (?:away|back)|polite\w*|draw, |go first"
    ),
    Marker.CONFRONTATION: _any(
        r"ang(?:er|ry)|complain\w*|critici\w+|fair|true and say|right|attack\w*|steady|hostil\w+|blow-up|hurt below|"
        r"accus\w+|defend\w*|demand\w*|outburst"
    ),
}
_ALTERNATIVE = _any(
    r"may also|not all|not always|or (?:it|they|the client|he|she|you) may|or it may|simply (?:right|worse|a)|look the same|"
    r"may be true|any of|illness|you may never|or the \w+|or your|or a|other (?:reasons?|explanations?)|can mean|no single"
)
"""How a reading says that it could be something else."""


def offers_another(text: str) -> bool:
    """Return whether a statement gives another explanation beside its own."""
    return _ALTERNATIVE.search(signs.plain(text)) is not None


_SETTING_OF_TOPIC = {
    "couples-and-family": 0,
    "adolescents": 1,
    "group-ruptures": 2,
    "text-and-message-misfires": 3,
    "telehealth-ruptures": 4,
    "mandated-clients": 7,
}
"""Topics of one setting only, and the number of that setting in the table."""

_TOPICS_OF = {
    Marker.WITHDRAWAL: frozenset({"withdrawal-rupture", "stage-model-withdrawal", "silence", "client-concealment"}),
    Marker.CONFRONTATION: frozenset({"confrontation-rupture", "stage-model-confrontation", "responding-to-anger"}),
}
_ABOUT_ABSENCE = frozenset({"dropout-ghosting", "lateness-no-shows"})
_ABSENCE = _any(
    r"cancel\w*|no[- ]?show\w*|skip\w*|ghost\w*|drop\w* out|disappear\w*|vanish\w*|missed|late(?:ness)?|stopped|back|came?|come|"
    r"return\w*|gone|reschedul\w*|weeks?"
)
_AGAINST = {Marker.WITHDRAWAL: Marker.CONFRONTATION, Marker.CONFRONTATION: Marker.WITHDRAWAL}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the question beyond its subject.

    Attributes:
        question: as redacted.
        reading: its signs of strain, who moved and what was tried.
    """

    question: str
    reading: Reading

    def worth(self, unit: Unit) -> float:
        """Return how much a unit gains or loses by the situation, in cosine similarity."""
        text = signs.plain(unit.text)
        worth = self._setting(text)
        if unit.section is Section.SUGGESTION:
            worth += self._tried(text) + self._moved(text)
            worth += _FITS_MARKER if self.fits_marker(unit) else 0.0
        if unit.section is Section.WORDING:
            worth += self._moved(text)
        if unit.section is Section.READING and self.reading.signs and offers_another(unit.text):
            worth += _OTHER_EXPLANATION
        return worth

    def misses(self, topic: str) -> bool:
        """Return whether a topic is for another setting than the question's, or about the other marker."""
        setting = _SETTING_OF_TOPIC.get(topic)
        if setting is not None and not _SETTINGS[setting][0].search(signs.plain(self.question)):
            return True
        if self.reading.signs and topic in _ABOUT_ABSENCE:
            return _ABSENCE.search(signs.plain(self.question)) is None
        other = _AGAINST.get(self.reading.marker)
        return other is not None and topic in _TOPICS_OF[other]

    def fits_marker(self, unit: Unit) -> bool:
        """Return whether a unit is about the marker that there may be; both markers count where there may be both."""
        cues = [cue for marker, cue in _MARKER_UNITS.items() if self.reading.marker in (marker, Marker.BOTH)]
        return any(cue.search(signs.plain(unit.text)) for cue in cues)

    def repeats_what_was_tried(self, unit: Unit) -> bool:
        """Return whether a unit would suggest as new what was tried already."""
        text = signs.plain(unit.text)
        return any(_repeats(text, *_TRIED_UNITS[tried]) for tried in self.reading.tried if tried in _TRIED_UNITS)

    def _setting(self, text: str) -> float:
        question = signs.plain(self.question)
        worth = 0.0
        for asked, meant in _SETTINGS:
            if meant.search(text):
                worth += _FITS_SETTING if asked.search(question) else _MISFITS_SETTING
        return max(worth, _MISFITS_SETTING)

    def _tried(self, text: str) -> float:
        worth = 0.0
        for tried in self.reading.tried:
            again, helps = _TRIED_UNITS.get(tried, (None, None))
            if again is not None and _repeats(text, again, helps):
                worth += _TRIED_ALREADY
            elif helps is not None and helps.search(text):
                worth += _HELPS_NEXT
        return worth

    def _moved(self, text: str) -> float:
        """An apology fits where the counselor moved, not where only the client did."""
        if not _APOLOGY.search(text) or Tried.APOLOGISED in self.reading.tried:
            return 0.0
        weights = {Mover.COUNSELOR: _FITS_MOVER, Mover.BOTH: _FITS_MOVER, Mover.CLIENT: _MISFITS_MOVER}
        return weights.get(self.reading.moved, 0.0)


def _repeats(text: str, again: re.Pattern[str], helps: re.Pattern[str] | None) -> bool:
    return again.search(text) is not None and (helps is None or helps.search(text) is None)
