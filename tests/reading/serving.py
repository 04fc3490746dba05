"""A small server on this machine in the place of a language model, which answers what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shatterbelt.reading.language_model import ModelReader
from shatterbelt.reading.language_model_endpoint import Endpoint

KEY = "sk-not-to-be-shown"


def said(*statements: object, finish: str = "stop", model: str = "toy-7b-2024") -> dict[str, object]:
    """A completion as an OpenAI-compatible server sends it."""
    content = json.dumps({"statements": list(statements)})
    return {
        "model": model,
        "system_fingerprint": "fp_1",
        "choices": [{"finish_reason": finish, "message": {"role": "assistant", "content": content}}],
    }


class Server:
    """A server on this machine that answers what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, object]] = []
        self.paths: list[str] = []
        self.keys: list[str | None] = []
        self.answers: list[object] = []
        """Each a status and a body, a body, or a function that writes by itself; the last one stays."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append(json.loads(raw))
                outer.paths.append(self.path)
                outer.keys.append(self.headers.get("Authorization"))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                if callable(answer):
                    answer(self)
                    return
                status, body = answer if isinstance(answer, tuple) else (200, answer)
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                outer.paths.append(f"GET {self.path}")
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    def reader(self, **options: object) -> ModelReader:
        timeout = float(str(options.pop("timeout", 5.0)))
        return ModelReader(Endpoint(self.url, "toy", KEY, timeout, sleep=lambda _: None), send=True)


@contextmanager
def serving() -> Iterator[Server]:
    """A server that stands while the block runs."""
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.http.shutdown()
        made.http.server_close()
        thread.join()
