"""The verbs that tell a counselor what to do, and whether a suggestion begins a clause with one."""

import re

ACTIONS = frozenset(
    """
    accept acknowledge add adjust admit agree allow announce answer apologize arrange ask avoid balance begin
    believe book borrow breathe bring build call carry change check choose cite clear close come comment compare
    consider correct count cut debrief decide decline define delete describe discuss do draft draw drop end explain
    explore find finish fix follow get give go hand have hear help hint hold include invite join jot keep know learn
    leave let limit list listen look make mark match meet mention name negotiate note notice offer open own pause
    phone pick plan play point practice prepare promise propose put raise reach read receive record refer refocus
    rehearse repair repeat replace reply report respond return review role-play say see send separate set share
    shorten show sit size skip slow sort speak start state stay step stop suggest swap take talk teach tell test
    thank think tie trace track trade treat try turn urge use validate vary wait warn watch welcome wonder work
    write
    """.split()  # noqa: SIM905  # a table of words reads better as one text
)
"""Imperatives that a suggestion may rest on; add one where a good suggestion needs it."""

_TOKEN = re.compile(r"[A-Za-z][A-Za-z'-]*|[.,:;()?!\"]")
_LEADS = frozenset('.,:;(?!"') | {"and", "or", "then", "but", "not", "don't", "also", "first", "gently", "now", "might"}


def has_action(text: str) -> bool:
    """Return whether a clause of a text begins with a verb of action, as in `If they wait, ask` or `Ask twice`."""
    before = "."
    for token in _TOKEN.findall(text):
        word = token.lower()
        if before in _LEADS and word in ACTIONS:
            return True
        before = word
    return False
