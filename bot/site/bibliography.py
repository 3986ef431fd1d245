"""Sources as a reader knows them: authors, year, title, where it appeared, and a link."""

from bot.site.markup import escaped, link
from knowledge.entry import Source


def reference(source: Source) -> str:
    """Return a source as one HTML line."""
    names = [_name(person.family, person.given, person.literal) for person in source.author or source.editor]
    authors = ", ".join([*names[:-2], " & ".join(names[-2:])]) if names else ""
    year = f" ({source.issued.date_parts[0][0]})" if source.issued else ""
    title = f"<cite>{escaped(source.title)}</cite>"
    start = f"{escaped(authors)}{year}. {title}." if authors else f"{title}{year}."
    return " ".join(part for part in (start, _place(source), _address(source)) if part)


def _name(family: str | None, given: str | None, literal: str | None) -> str:
    if literal:
        return literal
    initials = " ".join(f"{part[0]}." for part in (given or "").replace("-", " ").split() if part[0].isalpha())
    return f"{family}, {initials}" if initials else family or "Unknown"


def _place(source: Source) -> str:
    """Return where it appeared: the journal or book with its numbers, then the publisher."""
    issue = f"({source.issue})" if source.issue else ""
    numbers = f"{source.volume or ''}{issue}"
    journal = ", ".join(part for part in (source.container_title, numbers, source.page) if part)
    return " ".join(f"{escaped(part)}." for part in (journal, source.publisher) if part)


def _address(source: Source) -> str:
    if source.doi:
        return link(f"https://doi.org/{source.doi}", f"doi.org/{source.doi}")
    return link(source.url, source.url.removeprefix("https://")) if source.url else ""
