"""Checks of everything the program stands on; each finding that is not well carries its mend."""

import asyncio

from bot.consult.builtin_writer import BuiltInWriter
from bot.doctor import machine
from bot.doctor.finding import Finding, State, ill
from bot.errors import AssistantError
from bot.safety.screening import load_screens
from bot.settings import Settings
from bot.storage.drift import seconds_ahead
from bot.storage.keys import look_at_keys
from bot.storage.migrate import look
from bot.storage.place import place_of
from bot.vectors import place_of_cards, server_of, shows_its_token
from knowledge.embedding import MiniLmEmbedder
from knowledge.entry import Corpus
from knowledge.errors import KnowledgeError
from knowledge.loader import load_corpus
from knowledge.readings import load_reading_model
from knowledge.screens import load_safety_texts, steps
from knowledge.sync import look_at_index

__all__ = ["Finding", "State", "examine"]


def examine(settings: Settings) -> list[Finding]:
    """Run every check; nothing is changed, and nothing leaves the machine but logins where the settings say."""
    findings = [machine.env_file(settings), machine.data_folder(settings)]
    try:
        embedder = MiniLmEmbedder()
        findings.append(Finding("Embedding model", State.WELL, f"{embedder.name}, checksums as pinned."))
    except KnowledgeError as error:
        embedder = None
        findings.append(ill("Embedding model", error))
    corpus: Corpus | None = None
    try:
        corpus = load_corpus()
        reviewed = sum(card.head.review != "unreviewed" for card in corpus.cards)
        text = f"{len(corpus.cards)} cards, {reviewed} of them reviewed by a clinician."
        mend = "" if reviewed == len(corpus.cards) else "Answers say so; ask a licensed colleague to read the cards."
        findings.append(Finding("Knowledge base", State.NOTE if mend else State.WELL, text, mend))
    except KnowledgeError as error:
        findings.append(ill("Knowledge base", error))
    try:
        findings.append(_crisis_texts(settings.region))
    except KnowledgeError as error:
        findings.append(ill("Crisis texts", error))
    if embedder is not None:
        findings.append(_screens(embedder))
    if corpus is not None and embedder is not None:
        findings.append(_index(settings, corpus, embedder))
    database = _database(settings)
    clock = machine.clock(settings, None if database.state is State.ILL else _ahead(settings))
    return [*findings, database, _encryption(settings), clock, _writer(settings), machine.token(settings)]


def _crisis_texts(region: str) -> Finding:
    load_safety_texts(region)
    texts = steps()
    unreviewed = sum(step.review is None for step in texts.values())
    there = f"Texts for the region {region} are there"
    if not unreviewed:
        return Finding("Crisis texts", State.WELL, f"{there}, all {len(texts)} reviewed.")
    mend = "Have a licensed colleague read them for your region before people rely on them."
    reviewed = f"{unreviewed} of {len(texts)} not reviewed by a licensed clinician"
    return Finding("Crisis texts", State.NOTE, f"{there}, {reviewed}.", mend)


def _screens(embedder: MiniLmEmbedder) -> Finding:
    try:
        load_screens(embedder)
        load_reading_model()
    except KnowledgeError as error:
        return ill("Screens", error)
    return Finding(
        "Screens", State.WELL, "What reads danger, identifiers, scope and strain is there, checksums as named."
    )


def _index(settings: Settings, corpus: Corpus, embedder: MiniLmEmbedder) -> Finding:
    try:
        place = place_of_cards(settings, wait=0.0)
        state = look_at_index(settings.data_dir, corpus, embedder, place)
    except (AssistantError, KnowledgeError) as error:
        return ill("Index", error)
    server = server_of(settings)
    if state is None and server is not None and shows_its_token(server):
        mend = "Write CHROMA_URL with https, unless nobody else is on the way there."
        return Finding(
            "Index", State.NOTE, f"It is up to date on {server.label}, but the token goes unencrypted.", mend
        )
    if state is None:
        return Finding("Index", State.WELL, f"It is up to date on {server.label}." if server else "It is up to date.")
    mend = "The next `supervision-bot ask` or `supervision-bot index` builds it."
    return Finding("Index", State.NOTE, f"{state[0].upper()}{state[1:]}.", mend)


def _database(settings: Settings) -> Finding:
    try:
        found = asyncio.run(look(settings))
        label = place_of(settings).label
    except AssistantError as error:
        return ill("Database", error)
    if found.at_head:
        return Finding("Database", State.WELL, f"{label}, at revision {found.current}, the newest.")
    state = f"at revision {found.current}, behind {found.head}" if found.current else "nothing kept in it yet"
    mend = "`supervision-bot migrate` does what is needed."
    return Finding("Database", State.NOTE, f"{label}, {state}.", mend)


def _encryption(settings: Settings) -> Finding:
    part = "Encryption"
    try:
        kept = asyncio.run(look_at_keys(settings))
    except AssistantError as error:
        return ill(part, error)
    if kept is None:
        return Finding(part, State.WELL, "There is nothing to look at before the database is as it should be.")
    rotate = "Run `supervision-bot keys rotate`."
    if kept.first is None:
        said = "What supervisors write and questions put to them are kept as plain text; DATA_KEY is not set."
        return Finding(part, State.WELL, said)
    if kept.plain or kept.others:
        said = f"Rows not encrypted yet: {kept.plain}; rows under another key than {kept.first}: {kept.others}."
        return Finding(part, State.NOTE, said, rotate)
    spare = [key for key in kept.keys if key != kept.first]
    if spare:
        return Finding(part, State.NOTE, f"The database says that it needs {', '.join(spare)} too.", rotate)
    return Finding(
        part, State.WELL, f"What supervisors write and questions put to them are under the key {kept.first}."
    )


def _ahead(settings: Settings) -> float | None:
    try:
        return asyncio.run(seconds_ahead(settings))
    except AssistantError:
        return None


def _writer(settings: Settings) -> Finding:
    if settings.llm_model is None:
        return Finding("Writer", State.WELL, "The built-in writer answers; no model is set.")
    from bot.llm.build import build_llm, check_reachable  # noqa: PLC0415  # LangChain takes seconds to import

    try:
        build_llm(settings, fallback=BuiltInWriter())
        check_reachable(settings)
    except AssistantError as error:
        return ill("Writer", error)
    text = f"{settings.llm_model} answers, with the built-in writer behind it."
    if settings.llm_notice is None:
        mend = "Set LLM_NOTICE: askers should know the provider, what it keeps, and by what agreement."
        return Finding("Writer", State.NOTE, text, mend)
    return Finding("Writer", State.WELL, text)
