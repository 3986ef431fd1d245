"""Every setting of the program, read from the environment and from `.env`, in one frozen class."""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from dotenv.parser import parse_stream
from platformdirs import user_data_path
from pydantic import Field, PrivateAttr, SecretStr, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import shards
from bot.errors import FixSettings
from bot.secret_files import file_names, readable_by_others, with_files

_PROVIDER_KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
}
"""The providers' own names for their keys; they may stand in `.env` or the environment beside ours."""

_SHORTEST_GUARDED_NAME = 8

_Model: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z_]+:\S+$")]
_Models: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z_]+:[^\s,]+( *, *[a-z_]+:[^\s,]+)*$")]
_Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[\w.-]+$", max_length=128)]
"""Its length stands apart: 128 times the letters of all scripts in the pattern took 50 ms to compile."""


class Settings(BaseSettings):
    """The program's settings; a value is never changed after it was read.

    Build it with `Settings.read()`, which refuses unknown and misspelt names.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_ignore_empty=True, case_sensitive=False)

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("supervision-assistant", appauthor=False),
        description="Folder for everything the program writes: the index, the database, their locks, "
        "the count of tokens",
    )
    region: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")] = Field(
        default="us",
        description="Emergency and crisis lines to print: `us`, `neutral` (no numbers), or another region's file",
    )
    discord_token: SecretStr | None = Field(
        default=None, description="The bot's token from Discord's developer portal; only `run` needs it"
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="A PostgreSQL for the bot's records, as `postgresql://user:password@host:5432/database`; "
        "without it SQLite in the data folder",
    )
    shard_count: Annotated[int, Field(ge=1, le=shards.MOST)] | None = Field(
        default=None,
        description="Into how many shards Discord divides the bot's servers; without it as many as Discord proposes, "
        "all in this process",
    )
    shard_ids: tuple[int, ...] | None = Field(
        default=None,
        validate_default=True,
        description="The shards that this process serves, such as `0,2-5`; together with `SHARD_COUNT`",
    )
    data_key: SecretStr | None = Field(
        default=None,
        description="Encrypts what supervisors write and questions put to them, at rest; a key of `keys new`, or "
        "several with commas, the first of which encrypts",
    )
    chroma_url: str | None = Field(
        default=None,
        description="A Chroma server for the vectors, as `http://host:8000` or `https://api.trychroma.com`; without it "
        "Chroma in the data folder",
    )
    chroma_token: SecretStr | None = Field(
        default=None, description="Token for the Chroma server, sent as `x-chroma-token` and as a bearer's"
    )
    chroma_tenant: _Name = Field(default="default_tenant", description="Tenant on the Chroma server")
    chroma_database: _Name = Field(
        default="default_database", description="Database of that tenant; one for one bot, however many processes"
    )
    llm_model: _Model | None = Field(
        default=None, description="A chat model as `provider:model`; without it the built-in writer answers"
    )
    llm_base_url: str | None = Field(
        default=None, description="Address of an OpenAI-compatible server (llama.cpp, vLLM, LM Studio)"
    )
    llm_api_key: SecretStr | None = Field(
        default=None, description="Key for the model; the provider's own name (OPENAI_API_KEY, ...) works too"
    )
    llm_fallbacks: _Models | None = Field(
        default=None, description="Models to ask in turn where `LLM_MODEL` fails, as `provider:model`, with commas"
    )
    llm_judge: _Model | None = Field(
        default=None, description="A second model that reads each suggestion against its sources and may drop it"
    )
    llm_second_look: bool = Field(
        default=False, description="Whether the model reads each redacted question for danger too; it may only raise it"
    )
    llm_output: Literal["auto", "tools", "json"] = Field(
        default="auto",
        description="How the model gives its answer: by a tool call, as JSON, or whichever it is known for",
    )
    llm_stream: bool = Field(
        default=False, description="Whether answers are streamed, so that a model that stalls is left sooner"
    )
    llm_timeout: Annotated[float, Field(gt=0, le=120)] = Field(
        default=45.0, description="Seconds for one question, all attempts and models; then the built-in writer answers"
    )
    llm_attempt_timeout: Annotated[float, Field(gt=0, le=120)] = Field(
        default=20.0, description="Seconds for one attempt at one model"
    )
    llm_retries: Annotated[int, Field(ge=0, le=5)] = Field(
        default=2, description="Further attempts at a model that is overloaded or cannot be connected to"
    )
    llm_concurrency: Annotated[int, Field(ge=1, le=64)] = Field(
        default=4, description="Questions that are with the models at one time; others wait"
    )
    llm_max_tokens: Annotated[int, Field(ge=200, le=8000)] = Field(
        default=900, description="Tokens that a model may write in one answer"
    )
    llm_daily_tokens: Annotated[int, Field(ge=0)] = Field(
        default=2_000_000,
        description="Tokens read and written a day (UTC); above it the built-in writer answers; 0: no limit",
    )
    llm_notice: Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)] | None = Field(
        default=None, description="What askers are told of the model: provider, retention, agreement"
    )
    llm_tracing: bool = Field(
        default=False,
        description="Whether LangChain's own environment variables may switch on tracing of redacted prompts",
    )
    otel_exporter_otlp_endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]\S*$")] | None = Field(
        default=None,
        description="Address of an OpenTelemetry collector (OTLP over HTTP) for the times of stages, as "
        "`http://127.0.0.1:4318`; needs the extra `otel`",
    )
    otel_exporter_otlp_headers: SecretStr | None = Field(
        default=None, description="Headers for that collector, as `name=value` with commas"
    )
    questions_per_person: Annotated[int, Field(ge=1)] = Field(
        default=20,
        description="Questions that one person may ask in ten minutes; danger is answered whatever was asked",
    )
    questions_per_server: Annotated[int, Field(ge=1)] = Field(
        default=600, description="Questions that the members of one server may ask in ten minutes"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="The least severe log line printed to stderr"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="Form of the log lines")

    _provider_keys: dict[str, SecretStr] = PrivateAttr(default_factory=dict)
    _exposed: Path | None = PrivateAttr(default=None)

    @field_validator("shard_ids", mode="before")
    @classmethod
    def _read_shards(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401  # as pydantic hands it on
        ids = shards.read_ids(value) if isinstance(value, str) else value
        # A count that cannot be used is told of by itself.
        return shards.check(ids, info.data["shard_count"]) if "shard_count" in info.data else ids

    @property
    def exposed(self) -> Path | None:
        """The file that these settings came from, where it holds a secret and others may read it."""
        return self._exposed

    def key_of(self, provider: str) -> SecretStr | None:
        """Return the key for a provider: ours where it is `LLM_MODEL`'s, else the provider's own."""
        if self.llm_api_key is not None and provider == (self.llm_model or "").partition(":")[0]:
            return self.llm_api_key
        return self._provider_keys.get(provider)

    @staticmethod
    def key_names(provider: str) -> str:
        """Return the names under which a provider's key may stand, for a sentence."""
        return " or ".join(["LLM_API_KEY", *([_PROVIDER_KEYS[provider]] if provider in _PROVIDER_KEYS else [])])

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the caller alone: `read` merges environment and `.env` itself."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the settings as they are written in the environment."""
        return tuple(name.upper() for name in cls.model_fields)

    @classmethod
    def secrets(cls) -> tuple[str, ...]:
        """Return the names of what is never shown, the providers' keys among them; each may stand in a file."""
        own = [name.upper() for name, field in cls.model_fields.items() if field.annotation == SecretStr | None]
        return (*own, *_PROVIDER_KEYS.values())

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, env_file: Path | None = None) -> Self:
        """Read the settings; the environment wins over the file, and a secret may stand in a file that NAME_FILE names.

        Args:
            environment: variables to read; those of the process where None.
            env_file: a python-dotenv file; `.env` in the working folder where None. It may be missing.

        Raises:
            FixSettings: a name in the file is unknown, a name in the environment is a misspelling of
                ours, a value cannot be used, or a secret is given twice or in a file that cannot be
                used. The text names the setting, never a secret's value.
        """
        variables = os.environ if environment is None else environment
        path = Path(".env") if env_file is None else env_file
        from_file = _read_file(path)
        known = (*cls.names(), *file_names(cls.secrets()))
        _refuse_unknown(from_file, known)
        _refuse_misspelt(variables, known)
        merged = with_files({**from_file, **variables}, cls.secrets())
        values = {name.lower(): merged[name] for name in cls.names() if merged.get(name)}
        own_key = merged.get(_PROVIDER_KEYS.get(values.get("llm_model", "").partition(":")[0], ""))
        if own_key:
            values.setdefault("llm_api_key", own_key)
        try:
            settings = cls(**values)  # type: ignore[arg-type]  # text, which pydantic converts and checks
        except ValidationError as error:
            detail = error.errors(include_input=False, include_url=False)[0]
            name = str(detail["loc"][0]).upper()
            wanted = cls.model_fields[name.lower()].description
            reason = detail["msg"].removeprefix("Value error, ")
            raise FixSettings(f"the setting {name} is not usable ({reason})", f"it is: {wanted}") from None
        for provider, key_name in _PROVIDER_KEYS.items():
            if merged.get(key_name):
                settings._provider_keys[provider] = SecretStr(merged[key_name])  # its own class
        if any(from_file.get(name) for name in cls.secrets()) and readable_by_others(path):
            settings._exposed = path
        return settings


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError):
        raise FixSettings(f"{path} cannot be read as UTF-8 text", "mend its permissions or its encoding") from None
    for binding in bindings:
        if binding.error:
            raise FixSettings(f"line {binding.original.line} of {path} is no setting", "write NAME=value, or remove it")
    return {binding.key: binding.value or "" for binding in bindings if binding.key}


def _refuse_unknown(names: Iterable[str], known: tuple[str, ...]) -> None:
    for name in names:
        if name in known or name in _PROVIDER_KEYS.values():
            continue
        close = get_close_matches(name.upper(), known, n=1)
        mend = f"did you mean {close[0]}" if close else f"known are {', '.join(known)}"
        raise FixSettings(f"the setting {name} in .env is unknown", mend)


def _refuse_misspelt(names: Iterable[str], known: tuple[str, ...]) -> None:
    for name in names:
        for right in known:
            if len(right) >= _SHORTEST_GUARDED_NAME and name not in known and _one_slip_apart(name, right):
                raise FixSettings(
                    f"the environment holds {name}, which looks like a misspelling",
                    f"rename it to {right}, or unset it",
                )


def _one_slip_apart(typed: str, right: str) -> bool:
    """Tell whether one letter was swapped with its neighbour, changed, added or left out."""
    if abs(len(typed) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, right, strict=False)) if a != b), None)
    if start is None:
        return len(typed) != len(right)
    rest_typed, rest_right = typed[start:], right[start:]
    swapped = rest_typed[:2] == rest_right[1::-1] and rest_typed[2:] == rest_right[2:]
    changed = rest_typed[1:] == rest_right[1:]
    return swapped or changed or rest_typed[1:] == rest_right or rest_typed == rest_right[1:]
