"""Invented cards on themes beside the knowledge base's, for measuring what many other cards do to retrieval.

They are put together from the lists below by a seed. Nobody should act on them, and nobody is answered from them. One
holds eight rows where a real card holds about sixty, so it is easier to pass over than a real card would be.
"""

import random
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from knowledge.entry import Card, Citation, FrontMatter, Section, Unit

NAME = "distractor"
_POOL = 160
"""Texts that the cards of one theme are put together from; cards of one theme share some."""

_UNITS, _ASKS = 3, 5
_THEMES: dict[str, tuple[str, ...]] = {
    "sleep": (
        "a sleep diary",
        "getting up at one time",
        "less screen light",
        "naps",
        "the bedroom routine",
        "caffeine",
    ),
    "panic exposure": (
        "the exposure ladder",
        "the elevator step",
        "safety behaviors",
        "breath holding",
        "the bus ride",
    ),
    "thought records": ("the thought record", "hot thoughts", "evidence columns", "balanced thoughts", "the worksheet"),
    "money": ("the budget sheet", "credit card debt", "a spending freeze", "the envelope method", "rent arrears"),
    "parent training": (
        "the sticker chart",
        "time out",
        "praise",
        "bedtime refusals",
        "screen limits",
        "homework fights",
    ),
    "school plans": ("the IEP meeting", "the 504 plan", "a shortened day", "the school aide", "attendance letters"),
    "couple exercises": (
        "the listening exercise",
        "date night",
        "the chore list",
        "soft start-ups",
        "the in-law visit",
    ),
    "career choices": (
        "the interest inventory",
        "a resume",
        "the job interview",
        "quitting a job",
        "informational calls",
    ),
    "exam nerves": ("the practice test", "blanking out", "the study plan", "test day breakfast", "accommodations"),
    "grief rituals": ("the memory box", "the anniversary", "the empty chair", "the eulogy", "sorting the clothes"),
    "sobriety plans": (
        "the relapse plan",
        "the sponsor",
        "cravings",
        "the party invitation",
        "urge surfing",
        "meetings",
    ),
    "anger skills": ("the anger log", "counting down", "time away", "early body cues", "the cool-down room"),
    "mindfulness": ("the body scan", "the raisin exercise", "five minutes a day", "a wandering mind", "the app"),
    "trauma protocols": ("the target memory", "the safe place", "bilateral taps", "the container", "session two"),
    "assertiveness": ("saying no at work", "the broken record", "I statements", "asking for a raise", "the script"),
    "social skills": (
        "small talk",
        "eye contact practice",
        "joining a lunch table",
        "the conversation cards",
        "phone calls",
    ),
    "ADHD planning": ("the planner", "the two-minute rule", "body doubling", "lost keys", "the timer", "late bills"),
    "chronic pain": ("pacing", "flare days", "the activity log", "stretching", "the pain diary", "work hours"),
    "new mothers": ("night feeds", "the birth story", "visitors", "the mother's group", "returning to work"),
    "elder care": ("the care home tour", "driving at 85", "the pill box", "sibling shifts", "respite days"),
    "housing": ("the waiting list", "the shelter rules", "the landlord letter", "utility shutoff", "a roommate"),
    "insurance": ("the denial letter", "prior authorization", "the deductible", "a superbill", "the panel form"),
    "practice marketing": ("the website", "the directory profile", "referral lunches", "the niche", "a newsletter"),
    "office software": ("the calendar sync", "the e-fax", "the template", "the billing screen", "the password reset"),
    "group lesson plans": ("the icebreaker", "week three", "the handout", "the closing circle", "attendance sheets"),
    "art materials": ("the clay", "collage", "the mask exercise", "messy paint", "the drawing prompt"),
    "play room": ("the dollhouse", "the sand tray", "cleaning up toys", "puppets", "the toy weapons"),
    "change talk": ("the readiness ruler", "pros and cons", "the decisional balance", "small steps", "ambivalence"),
    "goal sheets": ("the goal sheet", "weekly targets", "the habit tracker", "the vision board", "rewards"),
    "intake forms": ("the intake packet", "family history", "the genogram", "the phone screen", "the wait time"),
    "scoring tests": ("the depression scale", "the cutoff", "percentile ranks", "retesting", "the norms table"),
    "treatment plans": ("the objectives", "measurable goals", "the review date", "interventions", "the discharge plan"),
    "case management": ("the bus pass", "the food bank", "the benefits office", "the ID card", "warm handoffs"),
    "exam for the license": (
        "the practice questions",
        "ethics items",
        "the study group",
        "test anxiety",
        "the hours log",
    ),
    "journaling": ("the morning pages", "gratitude lists", "unsent letters", "prompts", "a locked notebook"),
    "food and eating": ("the meal plan", "skipped breakfast", "the food log", "family dinners", "weighing"),
    "exercise": ("the walking plan", "the gym", "rest days", "step counts", "morning runs"),
    "divorce logistics": ("the parenting schedule", "the house sale", "the mediator", "telling the kids", "holidays"),
    "adoption": ("the life book", "the first visit", "birth family letters", "the name change", "the waiting year"),
    "leaving the army": ("the resume gap", "civilian small talk", "the VA form", "night watch habits", "the reunion"),
    "athletes": ("the injury", "the pre-game routine", "the coach's talk", "visualization", "the bench"),
    "first college term": (
        "the roommate contract",
        "office hours",
        "homesickness",
        "the dining hall",
        "dropping a class",
    ),
    "work stress": ("the inbox", "the open office", "lunch breaks", "the performance review", "overtime"),
    "procrastination": ("the first five minutes", "the deadline", "the messy desk", "perfect drafts", "the to-do list"),
    "phobias": ("the spider photo", "needles", "the dentist", "heights", "the dog park", "graded steps"),
    "hair pulling": ("the awareness log", "a competing response", "gloves", "mirrors", "the sensory kit"),
    "worry time": ("the worry window", "what-if lists", "the news habit", "reassurance seeking", "problem solving"),
    "staff wellness": ("the walking meeting", "the quiet room", "the retreat", "sick days", "the potluck"),
}
"""Themes beside the knowledge base's, and what people talk about there."""

_ASK_FORMS = (
    "how do i explain {a} to a client who likes {b} better",
    "my client keeps forgetting {a}. any tips",
    "which first, {a} or {b}?",
    "he did {a} twice and gave up. what next for {theme}",
    "Is {a} useful with {who}, or should I start with {b}?",
    "she says {a} is silly. alternatives for {theme}?",
    "anyone have a good handout on {a} and {b}",
    "{who} wont try {a}, parents want {b}",
    "how long before {a} shows any result",
    "Could someone describe how {a} is usually introduced when the subject is {theme}?",
    "client brought up {a} again today and we spent the whole hour on it. do you plan {b} for the week after",
    "best order for {theme}: {a}, {b}, then what",
    "what do you do when {a} makes things worse for {who}",
    "my {who} hates {a} but the plan says {a}. swap in {b}?",
)
_UNIT_FORMS = (
    "Introduce {a} in five minutes and let the client choose when to try it.",
    "Agree on how often {a} is wanted this week, and write it down together.",
    "Where {a} is too much, begin with {b} and come back to it later.",
    "Look at {a} together at the start of the next hour before anything new.",
    "With {who}, keep {a} short and name what went well.",
    "{a} may help in {theme}; it is one step of several, beside {b}.",
)
_WHO = (
    "teens",
    "new clients",
    "couples",
    "older adults",
    "students",
    "veterans",
    "shy kids",
    "parents",
    "shift workers",
)


def invent(count: int, seed: int = 0) -> list[Card]:
    """Return invented cards; the same seed gives the same ones, and fewer are the first of more."""
    rng = random.Random(seed)  # noqa: S311  # an order, no secret
    pools = {theme: (_pool(rng, theme, _UNIT_FORMS), _pool(rng, theme, _ASK_FORMS)) for theme in _THEMES}
    themes = list(_THEMES)
    return [_card(rng, number, themes[number % len(themes)], pools) for number in range(count)]


def _pool(rng: random.Random, theme: str, forms: Sequence[str]) -> list[str]:
    things = _THEMES[theme]
    texts: dict[str, None] = {}
    while len(texts) < _POOL // 2:
        first, second = rng.sample(things, 2)
        text = rng.choice(forms).format(a=first, b=second, theme=theme, who=rng.choice(_WHO))
        texts[text[0].upper() + text[1:] if forms is _UNIT_FORMS else text] = None
    return list(texts)


def _card(rng: random.Random, number: int, theme: str, pools: dict[str, tuple[list[str], list[str]]]) -> Card:
    name = f"{NAME}-{number}"
    units, asks = pools[theme]
    head = SimpleNamespace(id=name, topics=[f"{NAME}-{theme}"], asks=rng.sample(asks, _ASKS))
    told = [
        Unit(f"{name}#s{place}", Section.SUGGESTION, text, (Citation("invented"),))
        for place, text in enumerate(rng.sample(units, _UNITS), 1)
    ]
    return Card(cast("FrontMatter", head), tuple(told), f"invented/{name}.md")
