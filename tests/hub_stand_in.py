"""A small Hugging Face Hub on loopback: repositories of data and models in memory, over HTTP, that fails when told to.

It knows what uploading, listing, tagging and `load_dataset` need: https://huggingface.co/docs/hub/api and the Git LFS
batch protocol, https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md.
"""

import base64
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

WRITE, READ = "hf_write", "hf_read"
PAGE = 5


@dataclass(frozen=True)
class Blob:
    content: bytes
    lfs: bool

    @property
    def oid(self) -> str:
        return sha1(b"blob %d\0" % len(self.content) + self.content).hexdigest()

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


Tree = dict[str, Blob]


@dataclass
class Repo:
    private: bool
    commits: dict[str, Tree] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def find(self, revision: str) -> str:
        """The hash of a commit; KeyError when there is none."""
        sha = self.branches.get(revision) or self.tags.get(revision) or revision
        self.commits[sha]
        return sha

    def add(self, branch: str, tree: Tree) -> str:
        sha = sha1(f"{len(self.commits)} {branch} {sorted(tree)}".encode()).hexdigest()
        self.commits[sha] = tree
        self.branches[branch] = sha
        return sha

    @property
    def main(self) -> Tree:
        return self.commits[self.branches["main"]]


@dataclass
class Fault:
    """What happens to the next `times` requests that match.

    Attributes:
        request: pattern for `METHOD path`.
        status: the answer; 0: the connection is closed without one.
        late: do the work first, so that only the answer is lost.
        hang: seconds to wait before anything.
    """

    request: str
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "told to fail"
    late: bool = False
    hang: float = 0


class Hub:
    """The state of the stand-in.

    Attributes:
        log: `METHOD path` of every request.
        faults: what is to go wrong.
        lies: hashes that are reported instead of the true ones, by path.
    """

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.objects: dict[str, bytes] = {}
        self.log: list[str] = []
        self.faults: list[Fault] = []
        self.lies: dict[str, str] = {}
        self.before: dict[str, Callable[[], None]] = {}
        self.lock = threading.RLock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def seen(self, request: str) -> list[str]:
        return [line for line in self.log if re.search(request, line)]

    def create(self, name: str, private: bool = False, tree: Tree | None = None) -> Repo:
        repo = self.repos[name] = Repo(private)
        repo.add("main", {".gitattributes": Blob(b"*.parquet filter=lfs\n", lfs=False), **(tree or {})})
        return repo

    def fault(self, line: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times and re.search(fault.request, line):
                    fault.times -= 1
                    return fault
        return None

    def told(self, path: str, blob: Blob) -> dict[str, Any]:
        """The entry of a file in a listing."""
        told: dict[str, Any] = {"type": "file", "path": path, "size": len(blob.content), "oid": blob.oid}
        if blob.lfs:
            told["lfs"] = {"oid": self.lies.get(path, blob.sha256), "size": len(blob.content), "pointerSize": 130}
        else:
            told["oid"] = self.lies.get(path, blob.oid)
        return told


class Refused(Exception):
    def __init__(self, status: int, message: str, code: str = "") -> None:
        self.status, self.message, self.code = status, message, code


class Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        pass

    def handle_any(self) -> None:
        url = urlsplit(self.path)
        line = f"{self.command} {unquote(url.path)}"
        self.query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self.chunks()
        self.hub.log.append(line)
        fault = self.hub.fault(line)
        if fault:
            threading.Event().wait(fault.hang)
        if fault and not fault.late:
            self.fail(fault)
            return
        try:
            with self.hub.lock:
                status, *found = self.answer(line, url.path)
        except Refused as refused:
            status, found = refused.status, [{"error": refused.message}, {"X-Error-Code": refused.code}]
        if fault:
            self.fail(fault)
        else:
            self.send(status, *found)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

    def chunks(self) -> bytes:
        """The body of a request that does not tell its length."""
        parts = []
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
        return b"".join(parts)

    def fail(self, fault: Fault) -> None:
        if fault.status:
            self.send(fault.status, {"error": fault.message}, fault.headers)
        else:
            self.close_connection = True

    def send(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def answer(self, line: str, path: str) -> tuple[Any, ...]:
        """Do the work; return status, content and, where there are any, headers."""
        for pattern, method in ROUTES:
            if found := re.fullmatch(pattern, f"{self.command} {path}"):
                if line in self.hub.before:
                    self.hub.before.pop(line)()
                answer = method(self, *map(unquote, found.groups()))
                return answer if isinstance(answer, tuple) else (200, answer)
        raise Refused(404, f"no route for {line}")

    def repo(self, name: str, write: bool = False) -> Repo:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in ("", WRITE, READ):
            raise Refused(401, "Invalid credentials in Authorization header")
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and not token):
            raise Refused(404, "Repository not found", "RepoNotFound")
        if write and token != WRITE:
            raise Refused(403, "Forbidden: you must use a write token")
        return repo

    def tree(self, name: str, revision: str) -> tuple[str, Tree]:
        repo = self.repo(name)
        try:
            sha = repo.find(revision)
        except KeyError:
            raise Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound") from None
        return sha, repo.commits[sha]

    def create(self) -> Any:
        asked = json.loads(self.body)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        name = f"{asked.get('organization') or 'me'}/{asked['name']}"
        if token not in (WRITE, READ):
            raise Refused(401, "Invalid username or password.")
        if token != WRITE or not name.startswith("me/"):
            raise Refused(403, f"You don't have the rights to create a dataset under the namespace of {name}")
        answer = {"url": f"{self.hub.url}/datasets/{name}", "name": name}
        if name in self.hub.repos:
            return 409, {"error": "You already created this dataset repo", **answer}
        private = asked.get("private") or asked.get("visibility") == "private"
        self.hub.create(name, bool(private))
        return answer

    def validate(self) -> Any:
        return {"errors": [], "warnings": []}

    def info(self, name: str, revision: str = "main") -> Any:
        sha, tree = self.tree(name, revision)
        files = [self.hub.told(path, blob) for path, blob in tree.items()]
        siblings = [
            {
                "rfilename": file["path"],
                "size": file["size"],
                "blobId": file["oid"],
                **({"lfs": {**file["lfs"], "sha256": file["lfs"]["oid"]}} if "lfs" in file else {}),
            }
            if self.query.get("blobs")
            else {"rfilename": file["path"]}
            for file in files
        ]
        return {"id": name, "sha": sha, "private": self.hub.repos[name].private, "tags": [], "siblings": siblings}

    def refs(self, name: str) -> Any:
        repo = self.repo(name)

        def told(kind: str, refs: dict[str, str]) -> list[dict[str, str]]:
            return [{"name": ref, "ref": f"refs/{kind}/{ref}", "targetCommit": sha} for ref, sha in refs.items()]

        return {"branches": told("heads", repo.branches), "tags": told("tags", repo.tags), "converts": []}

    def branch(self, name: str, branch: str) -> Any:
        repo = self.repo(name, write=True)
        if branch in repo.branches:
            raise Refused(409, "Reference already exists")
        repo.branches[branch] = repo.branches["main"]
        return {}

    def tag(self, name: str, revision: str) -> Any:
        repo, tag = self.repo(name, write=True), json.loads(self.body)["tag"]
        if tag in repo.tags:
            raise Refused(409, "Tag reference exists already")
        repo.tags[tag] = self.tree(name, revision)[0]
        return {}

    def list(self, name: str, revision: str, folder: str = "") -> Any:
        _, tree = self.tree(name, revision)
        inside = f"{folder}/" if folder else ""
        entries: dict[str, Any] = {}
        for path, blob in sorted(tree.items()):
            if not path.startswith(inside):
                continue
            first, *deeper = path.removeprefix(inside).split("/")
            if deeper:
                entries[inside + first] = {"type": "directory", "path": inside + first, "size": 0, "oid": "0" * 40}
            if not deeper or self.query.get("recursive", "").lower() in ("1", "true"):
                entries[path] = self.hub.told(path, blob)
        if folder and not entries:
            raise Refused(404, f"{folder} does not exist", "EntryNotFound")
        start = int(self.query.get("cursor", 0))
        headers = {}
        if start + PAGE < len(entries):
            query = "&".join(f"{key}={value}" for key, value in {**self.query, "cursor": start + PAGE}.items())
            headers["Link"] = f'<{self.hub.url}{urlsplit(self.path).path}?{query}>; rel="next"'
        return 200, [*entries.values()][start : start + PAGE], headers

    def paths(self, name: str, revision: str) -> Any:
        _, tree = self.tree(name, revision)
        if "json" in self.headers.get("Content-Type", ""):
            asked = json.loads(self.body)["paths"]
        else:
            asked = parse_qs(self.body.decode())["paths"]
        found = [self.hub.told(path, tree[path]) for path in asked if path in tree]
        folders = [path for path in asked if any(name.startswith(f"{path}/") for name in tree)]
        return found + [{"type": "directory", "path": path, "size": 0, "oid": "0" * 40} for path in folders]

    def preupload(self, name: str, revision: str) -> Any:
        self.repo(name, write=True)
        _, tree = self.tree(name, revision)
        return {
            "files": [
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if file["path"].endswith((".parquet", ".safetensors")) else "regular",
                    "shouldIgnore": False,
                    "oid": tree[file["path"]].oid if file["path"] in tree else None,
                }
                for file in json.loads(self.body)["files"]
            ]
        }

    def batch(self, name: str) -> Any:
        self.repo(name, write=True)
        objects = []
        for wanted in json.loads(self.body)["objects"]:
            href = f"{self.hub.url}/lfs/{wanted['oid']}"
            actions = {"upload": {"href": href}, "verify": {"href": f"{href}/verify"}}
            objects.append(wanted if wanted["oid"] in self.hub.objects else {**wanted, "actions": actions})
        return {"transfer": "basic", "objects": objects}

    def put(self, oid: str) -> Any:
        self.hub.objects[oid] = self.body
        return b""

    def verify(self, oid: str) -> Any:
        if sha256(self.hub.objects.get(oid, b"")).hexdigest() != oid:
            self.hub.objects.pop(oid, None)
            raise Refused(422, "the object differs from its hash")
        return {}

    def commit(self, name: str, revision: str) -> Any:
        repo = self.repo(name, write=True)
        head, tree = self.tree(name, revision)
        tree = dict(tree)
        for line in self.body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "header":
                if value.get("parentCommit") not in (None, head):
                    raise Refused(412, "A commit has happened since. Please refresh and try again.")
            elif entry["key"] == "file":
                tree[value["path"]] = Blob(base64.b64decode(value["content"]), lfs=False)
            elif entry["key"] == "lfsFile":
                if value["oid"] not in self.hub.objects:
                    raise Refused(400, f"the LFS object of {value['path']} was not uploaded")
                tree[value["path"]] = Blob(self.hub.objects[value["oid"]], lfs=True)
            elif entry["key"] == "deletedFile":
                del tree[value["path"]]
        sha = repo.add(revision, tree)
        return {"commitUrl": f"{self.hub.url}/datasets/{name}/commit/{sha}", "commitOid": sha}

    def resolve(self, name: str, revision: str, path: str) -> Any:
        sha, tree = self.tree(name, revision)
        if path not in tree:
            raise Refused(404, f"{path} does not exist", "EntryNotFound")
        blob = tree[path]
        etag = self.hub.lies.get(path) or (blob.sha256 if blob.lfs else blob.oid)
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": sha, "Accept-Ranges": "bytes"}
        content, status = blob.content, 200
        if found := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(found[1]), min(int(found[2] or len(content)), len(content) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
            content, status = content[first : last + 1], 206
        return status, content, headers


_NAME = r"([^/]+/[^/]+)"
_API = rf"/api/(?:datasets|models)/{_NAME}"
ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"POST /api/repos/create", Handler.create),
    (r"POST /api/validate-yaml", Handler.validate),
    (rf"GET {_API}", Handler.info),
    (rf"GET {_API}/revision/([^/]+)", Handler.info),
    (rf"GET {_API}/refs", Handler.refs),
    (rf"GET {_API}/tree/([^/]+)", Handler.list),
    (rf"GET {_API}/tree/([^/]+)/(.+)", Handler.list),
    (rf"POST {_API}/paths-info/([^/]+)", Handler.paths),
    (rf"POST {_API}/branch/([^/]+)", Handler.branch),
    (rf"POST {_API}/tag/([^/]+)", Handler.tag),
    (rf"POST {_API}/preupload/([^/]+)", Handler.preupload),
    (rf"POST {_API}/commit/([^/]+)", Handler.commit),
    (rf"POST (?:/datasets)?/{_NAME}\.git/info/lfs/objects/batch", Handler.batch),
    (r"PUT /lfs/([0-9a-f]{64})", Handler.put),
    (r"POST /lfs/([0-9a-f]{64})/verify", Handler.verify),
    (rf"(?:GET|HEAD) /datasets/{_NAME}/resolve/([^/]+)/(.+)", Handler.resolve),
]
