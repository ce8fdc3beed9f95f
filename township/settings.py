"""All settings, read from the environment once, in one place; everything runs with none of them."""

import re
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from township.errors import Mistake

DATABASE = re.compile(r"[a-z][a-z0-9+]*://")
TOGETHER = {"rehearsal": "kill_at", "demo_seal": "seal_backend"}
"""Which setting is wrong where a rule looks at several."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """What a township may set. `docs/reference/settings.md` explains each; `.env.example` lists them."""

    model_config = SettingsConfigDict(env_prefix="DINGLIN_", env_file=".env", extra="forbid")

    home: Path = Path("var")
    """Where database, files, indexes and models lie."""
    database_url: str = ""
    """Empty: SQLite in `home`."""
    chroma_url: str = ""
    """Empty: embedded. Several processes need Chroma as a server."""
    profile: str = Field(default="sandbox", pattern="^(sandbox|group|county)$")
    host: str = "127.0.0.1"
    port: int = Field(default=9600, ge=1, le=65535)
    public_url: str = ""
    """Empty: no message holds a link."""
    client_id: str = "dinglin-sandbox"
    client_secret: SecretStr = SecretStr("dinglin-secret")
    api_url: str = "http://127.0.0.1:9700"
    """https://api.dingtalk.com in a real township."""
    oapi_url: str = ""
    """https://oapi.dingtalk.com in a real township; empty: the same as `api_url`."""
    login_url: str = ""
    """https://login.dingtalk.com in a real township; empty: that, or the sandbox where `api_url` is one."""
    api_limit: int = Field(default=5000, ge=0)
    """Paid API calls a month of the organisation's edition; 0: nobody counts."""
    push_limit: int = Field(default=3000, ge=0)
    """Webhook and stream pushes a month; 0: nobody counts."""
    card_template: str = "dinglin-task.schema"
    """Empty: no template imported yet, tasks are shown as ActionCards."""
    seal_backend: str = Field(default="", pattern="^(counter|demo)?$")
    """counter: stamped by hand. demo: for show, in the sandbox only. Empty: demo in the sandbox, counter elsewhere."""
    todo_mirror: bool = False
    """Tasks also stand on DingTalk's own to-do list; two API calls each."""
    embedder: str = "onnx"
    """onnx, none, a sentence-transformers name or folder, or the URL of an OpenAI-compatible endpoint."""
    embedder_key: SecretStr = SecretStr("")
    """API key of such an endpoint; empty: it asks for none."""
    question_months: int = Field(default=12, ge=1, le=36)
    """How long a question that nobody could answer is kept, masked."""
    keep_days: int = Field(default=90, ge=30, le=3650)
    """How long words that came and went, and papers without a seal, are kept."""
    chat: str = ""
    """Empty: no chat model. Else `https://host/v1#model` of an OpenAI-compatible endpoint that words answers."""
    chat_key: SecretStr = SecretStr("")
    """API key of such an endpoint; empty: it asks for none."""
    chat_wait: float = Field(default=15, ge=0, le=60)
    """Seconds that a villager waits for it; a later answer comes as a message of its own."""
    open311: bool = False
    """Whether what is on the public board is also given as Open311, to whoever asks."""
    log_level: str = Field(default="INFO", pattern="^(?i:debug|info|warning|error|critical)$")
    key: SecretStr = SecretStr("")
    """Seals credentials in the database; empty: a key file in `home`."""

    kill_at: str = Field(default="", pattern=r"^((inbox|ack|write|send)(:[1-9]\d*)?)?$")
    """For rehearsals with the sandbox only: the process dies at this point (`township/killpoints.py`)."""

    @model_validator(mode="after")
    def _dies_in_rehearsals_only(self) -> "Settings":
        if self.kill_at and not self.may_turn_clock:
            raise ValueError("rehearsal")
        return self

    @model_validator(mode="after")
    def _seals_for_show_in_the_sandbox_only(self) -> "Settings":
        if self.seal_backend == "demo" and not self.may_turn_clock:
            raise ValueError("demo_seal")
        return self

    @field_validator("public_url", "api_url", "oapi_url", "login_url", "chroma_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("address")
        return value.rstrip("/")

    @field_validator("chat")
    @classmethod
    def _chat(cls, value: str) -> str:
        url, _, model = value.partition("#")
        if value and not (urlsplit(url).scheme in {"http", "https"} and model):
            raise ValueError("chat")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not DATABASE.match(value):
            raise ValueError("database")
        return value

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'dinglin.db'}"

    @property
    def oapi(self) -> str:
        """The address of the legacy API in force."""
        return self.oapi_url or self.api_url

    @property
    def login(self) -> str:
        """The host of the login page in force."""
        is_sandbox = urlsplit(self.api_url).hostname in LOOPBACK
        return self.login_url or (self.api_url if is_sandbox else "https://login.dingtalk.com")

    @property
    def seals(self) -> str:
        """How papers are sealed: counter or demo."""
        return self.seal_backend or ("demo" if self.may_turn_clock else "counter")

    @property
    def may_turn_clock(self) -> bool:
        """Business time may be turned in a demonstration only, with every DingTalk host on loopback."""
        hosts = {urlsplit(self.api_url).hostname, urlsplit(self.oapi).hostname}
        return self.profile == "sandbox" and hosts <= LOOPBACK


def read_settings() -> Settings:
    """Read the environment; a wrong value is a Mistake that names the variable and what it must be."""
    _check_file(Path(str(Settings.model_config["env_file"])))
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        name = "_".join(str(part) for part in first["loc"]).lower().removeprefix("dinglin_") or TOGETHER[said]
        reason = {"string_pattern_mismatch": name, "value_error": said}.get(first["type"], first["type"])
        given = first.get("input") if first["loc"] else "set"
        raise Mistake("wrong_setting", name=f"DINGLIN_{name.upper()}", reason=reason, given=given) from error


def _check_file(path: Path) -> None:
    """Refuse a .env of which a line would be passed over without a word, or that another encoding wrote."""
    if not path.is_file():
        return
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise Mistake("env_unreadable", path=str(path.absolute()), reason=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise Mistake("env_encoding", path=str(path.absolute())) from error
    for line in parse_stream(StringIO(text)):
        if line.error:
            raise Mistake("env_line", path=str(path.absolute()), line=line.original.line)
