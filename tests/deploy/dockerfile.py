"""Reads a Dockerfile and holds it to our rules; no container engine is needed for that."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

_CONTINUED = re.compile(r"\\\n")
_SECRET = re.compile(r"token|password|secret|api_?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile, with its continued lines joined."""

    name: str
    text: str


def stages(dockerfile: str) -> list[list[Instruction]]:
    """Return the instructions of each stage, the `FROM` first; what stands before the first one is left out."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[list[Instruction]] = []
    for line in _CONTINUED.sub(" ", "\n".join(lines)).splitlines():
        name, _, text = line.strip().partition(" ")
        if name == "FROM":
            found.append([])
        if found:
            found[-1].append(Instruction(name, text.strip()))
    return found


def faults(dockerfile: str, context: Path) -> list[str]:
    """Return what is against our rules, a clause each.

    Args:
        dockerfile: its text.
        context: the folder that the image is built from.
    """
    last = {one.name: one.text for one in stages(dockerfile)[-1]}
    found = []
    if not re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", last.get("USER", "")):
        found.append("the image does not end as a numbered user who is not root")
    if "/livez" not in last.get("HEALTHCHECK", ""):
        found.append("no health check asks /livez")
    if not _is_words(last.get("ENTRYPOINT", "")):
        found.append("the entry point goes through a shell, which swallows SIGTERM")
    if "DATA_DIR=" not in last.get("ENV", "") or "VOLUME" not in last:
        found.append("the data folder is no volume")
    return found + [fault for stage in stages(dockerfile) for one in stage for fault in _faults_of(one, context)]


def _faults_of(one: Instruction, context: Path) -> list[str]:
    found = []
    if one.name == "ADD":
        found.append("ADD fetches and unpacks what nobody has checked")
    if one.name == "FROM" and re.search(r":latest\b|^[^:$]+$", one.text.split(" ")[0]):
        found.append(f"{one.text} is another image every week")
    if one.name in {"ENV", "ARG"} and _SECRET.search(one.text):
        found.append(f"{one.name} {one.text} would keep a secret in the image")
    installs = [part for part in one.text.split("&&") if re.search(r"\bpip (install|sync)\b", part)]
    found += [f"`{part.strip()}` takes packages without hashes" for part in installs if not _hashed(part)]
    if one.name == "COPY" and "--from=" not in one.text:
        found += [f"there is no {word} to copy" for word in one.text.split()[:-1] if not (context / word).exists()]
    return found


def _hashed(command: str) -> bool:
    return "--require-hashes" in command or "--no-deps" in command


def _is_words(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False
