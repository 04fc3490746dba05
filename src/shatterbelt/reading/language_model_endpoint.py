"""Ask an OpenAI-compatible endpoint for one completion: bounded in time and size, led nowhere else."""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn

from shatterbelt.errors import RequestError, ShatterbeltError

MAX_ANSWER = 4_000_000
"""Bytes of an answer; what is longer is not read."""
TRIES = 3
PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try."""
AGAIN = {408, 409, 429, 500, 502, 503, 504, 529}
"""HTTP statuses after which it is tried again."""
REFUSED = {401, 403, 404, 405}
"""HTTP statuses that another document will meet, too."""


class EndpointError(ShatterbeltError):
    """The endpoint cannot be used at all: wrong address, wrong key, nobody there."""


class AnswerError(ShatterbeltError):
    """The endpoint gave no usable answer to this one question."""


@dataclass(frozen=True)
class Completion:
    """A model's answer, the model and version as the server reports them, and why the answer ended."""

    content: str
    model: str
    version: str
    finished: str


@dataclass(frozen=True)
class Endpoint:
    """Where a model is asked, and as which; the key is never shown.

    ``url`` is the base address, such as ``http://127.0.0.1:8080/v1``. ``timeout`` is the seconds that one
    try may take, the reading of the answer included.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 180.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        parts = _parts(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RequestError(f"{self.url[:100]!r} is no address of a model; it is like https://host/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise RequestError(
                f"the address of a model at {self.host} holds more than host and path; "
                "the key goes into the environment variable SHATTERBELT_KEY"
            )
        if not self.model.strip():
            raise RequestError("no model is named; give --model NAME, or set SHATTERBELT_MODEL")
        if not re.fullmatch(r"[\x21-\x7e]*", self.key):
            raise RequestError("the key in SHATTERBELT_KEY holds spaces or other characters that no key has")

    @property
    def host(self) -> str:
        """Return the host, with the port where one is given."""
        parts = _parts(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    @property
    def encrypted(self) -> bool:
        """Whether what is sent is encrypted, or stays on this machine."""
        return _parts(self.url).scheme == "https" or self._is_here

    @property
    def _is_here(self) -> bool:
        name = _parts(self.url).hostname or ""
        try:
            return name == "localhost" or ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False

    def complete(self, body: Mapping[str, Any]) -> Completion:
        """Ask for a completion; what may be a passing trouble is tried again.

        Raises:
            EndpointError: the endpoint cannot be reached or refuses us.
            AnswerError: it gave no usable answer.
        """
        for number in range(TRIES):
            try:
                return _completion(self._post({"model": self.model, **body}))
            except _PassingError as error:
                if number == TRIES - 1:
                    raise AnswerError(f"{self.host}: {error}, {TRIES} times; try again later") from None
                self.sleep(max(PAUSES[number], min(error.after, 30.0)))
        raise AssertionError("the last try returns or raises")

    def _post(self, body: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(  # http and https only, see __post_init__
            f"{self.url.rstrip('/')}/chat/completions",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"}
            | ({"Authorization": f"Bearer {self.key}"} if self.key else {}),
            method="POST",
        )
        ends = time.monotonic() + self.timeout
        try:
            with self._opener().open(request, timeout=self.timeout) as response:
                raw = _bounded(response, ends)
        except urllib.error.HTTPError as error:
            self._http(error, ends)
        except (TimeoutError, http.client.HTTPException, ConnectionResetError) as error:
            raise _PassingError(f"no whole answer came ({_reason(error)})") from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError | ConnectionResetError | BrokenPipeError):
                raise _PassingError(f"no whole answer came ({_reason(error.reason)})") from None
            raise EndpointError(
                f"{self.host} cannot be reached ({_reason(error.reason)}); is the address right, and does "
                "the server run?"
            ) from None
        except OSError as error:
            raise EndpointError(f"{self.host} cannot be reached ({_reason(error)})") from None
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise AnswerError(f"{self.host}: what came back is not JSON: {shown(raw)}") from None

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[urllib.request.BaseHandler] = [_NoRedirects()]
        if self._is_here:
            handlers.append(urllib.request.ProxyHandler({}))
        return urllib.request.build_opener(*handlers)

    def _http(self, error: urllib.error.HTTPError, ends: float) -> NoReturn:
        try:
            with error:
                said = shown(_bounded(error, ends))
        except (OSError, http.client.HTTPException, ShatterbeltError):
            said = ""
        told = f"HTTP {error.code}" + (f": {said}" if said else "")
        if error.code in AGAIN:
            after = str(error.headers.get("Retry-After", ""))
            raise _PassingError(told, float(after) if after.isdigit() else 0.0)
        if 300 <= error.code < 400:
            raise EndpointError(f"{self.host} sends us elsewhere (HTTP {error.code}); this is not followed")
        if error.code in REFUSED:
            hint = "is the key in SHATTERBELT_KEY right?" if error.code < 404 else "is the address right?"
            raise EndpointError(f"{self.host} refuses: {told}; {hint}")
        raise AnswerError(f"{self.host}: {told}")


class _PassingError(ShatterbeltError):
    """Something that may be over at the next try, and the seconds that the server asks us to wait."""

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow no redirection: a document goes where the user said, and nowhere else."""


def _parts(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        _ = parts.port
    except ValueError:
        return urllib.parse.SplitResult("", "", "", "", "")
    return parts


def _bounded(response: IO[bytes], ends: float) -> bytes:
    """Return the body, read in pieces so that neither its size nor a slow trickle holds us up."""
    parts: list[bytes] = []
    size = 0
    while part := _some(response):
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER:
            raise AnswerError(f"the answer is longer than {MAX_ANSWER:,} bytes; it was not read")
        if time.monotonic() > ends:
            raise TimeoutError("the answer took too long")
    return b"".join(parts)


def _some(response: IO[bytes]) -> bytes:
    read = getattr(response, "read1", response.read)
    found: bytes = read(65_536)
    return found


def _completion(data: Any) -> Completion:
    try:
        choice = data["choices"][0]
        content = choice["message"]["content"]
        finished = choice.get("finish_reason")
        refusal = choice["message"].get("refusal")
    except (LookupError, TypeError, AttributeError):
        raise AnswerError("what came back is no chat completion") from None
    if refusal:
        raise AnswerError(f"the model refuses: {shown(refusal)}")
    if not isinstance(content, str):
        raise AnswerError("the completion holds no text")
    return Completion(
        content, _word(data.get("model")), _word(data.get("system_fingerprint")), _word(finished)
    )


def _word(value: object) -> str:
    """Return a name that the server gives, as something that can stand in a line."""
    return re.sub(r"[^\w.:/@+-]", "?", str(value), flags=re.ASCII)[:80] if value else ""


def shown(value: object) -> str:
    """Return the beginning of what a server said, on one line and printable."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    line = " ".join(text[:2_000].split())
    return "".join(letter for letter in line if letter.isprintable())[:200]


def _reason(error: object) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)[:200]
