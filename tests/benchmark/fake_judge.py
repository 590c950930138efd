"""A small OpenAI-compatible endpoint on loopback that plays a judge, and can fail in many ways."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

FENCE = re.compile(r"^<<<([0-9a-f]{24})\n(.*?)\n\1>>>$", re.DOTALL | re.MULTILINE)
"""The reply in a prompt, between the two lines with the code."""


class Answer(NamedTuple):
    """An answer in raw form."""

    status: int
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()


Script = Callable[[str, int], "str | Answer"]
"""Gives what is said to a prompt that was asked so many times before."""


class FakeJudge:
    """What the judge was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.times: list[float] = []

    @property
    def prompts(self) -> list[str]:
        return [request["messages"][-1]["content"] for request in self.requests]

    @property
    def replies(self) -> list[str]:
        """The replies it was asked about."""
        return [reply_in(prompt) for prompt in self.prompts]


def reply_in(prompt: str) -> str:
    """Return the reply within the fence."""
    found = FENCE.search(prompt)
    assert found, prompt
    return found[2]


def outside(prompt: str) -> str:
    """Return the prompt without the fence and what is in it."""
    return FENCE.sub("", prompt, count=1)


def gullible(prompt: str, times: int) -> str:
    """Say Yes when anything outside the fence says so."""
    return "Correctness: Yes" if re.search("Correctness: Yes", outside(prompt), re.IGNORECASE) else "Correctness: No"


@contextmanager
def serve(script: Script, models: Sequence[str] | None = ("tiny",), key: str = "") -> Iterator[FakeJudge]:
    """Serve a judge.

    Args:
        script: what it says.
        models: the list of its models; None: it has no such list.
        key: the key it asks for.
    """
    asked: Counter[str] = Counter()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listed = {"data": [{"id": name} for name in models or ()]}
            self.send(404 if models is None else 200 if self.allowed() else 401, json.dumps(listed).encode())

        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = payload["messages"][-1]["content"]
            with lock:
                judge.requests.append(payload)
                judge.keys.append(self.headers["Authorization"])
                judge.times.append(time.monotonic())
                times = asked[prompt]
                asked[prompt] += 1
            if not self.allowed():
                self.send(401)
                return
            if models and payload["model"] not in models:
                self.send(404, b'{"error": {"message": "no such model"}}')
                return
            said = script(prompt, times)
            self.send(*said) if isinstance(said, Answer) else self.send(200, completion(said))

        def allowed(self) -> bool:
            return not key or self.headers["Authorization"] == f"Bearer {key}"

        def send(self, status: int, body: bytes = b"{}", headers: Sequence[tuple[str, str]] = ()) -> None:
            try:
                self.send_response(status)
                for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # whoever asked does not wait any longer
                pass

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64  # more than ever ask at the same time; else some wait a second

    server = Server(("127.0.0.1", 0), Handler)
    judge = FakeJudge(f"http://127.0.0.1:{server.server_port}/v1")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield judge
    finally:
        server.shutdown()
        server.server_close()


def completion(text: str | None) -> bytes:
    message = {"role": "assistant", "content": text}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()
