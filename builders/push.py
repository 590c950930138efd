"""A finished build goes to the Hugging Face Hub: all of it in one commit, compared there with the manifest, tagged.

Large files go up first and stay out of sight until the commit names them, so the branch never holds half a build. What
the Hub has already is not sent again; a push that was stopped goes on when it is run again.
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256
from math import inf
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    close_session,
    get_session,
    get_token,
)
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError
from huggingface_hub.hf_api import RepoSibling
from huggingface_hub.utils import (
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
    validate_repo_id,
)

from gameqa.core.errors import GameQAError, Interrupted, UsageError
from gameqa.tools.progress import progress_bar

from .build import MANIFEST, verify

__all__ = ["Parcel", "PushReport", "prepare", "push"]

T = TypeVar("T")

TIMEOUT = 120.0
"""Seconds without a byte from the Hub after which a request counts as lost."""

WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each further try."""

PATIENCE = 300.0
"""The longest wait, in seconds, that the Hub may ask for; its limits are counted over five minutes."""

BATCH = 8
"""Files sent side by side, and the step of the progress bar."""

FOLDERS = ("data/", "assets/")
"""Folders on the Hub that belong to the build alone."""

PASSING = {408, 412, 425, 429, 500, 502, 503, 504}
"""Status codes of trouble that may pass; 412: somebody else has committed in the meantime."""

TROUBLE = cast("tuple[type[Exception], ...]", HfHubHTTPError.__bases__)
"""The base of all errors of the HTTP library, which differs between releases of the client, and OSError."""

_REF = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*", re.ASCII)

_log = logging.getLogger(__name__)


class Content(NamedTuple):
    """What a file must hold."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Parcel:
    """What is to be sent, and where to.

    Attributes:
        out: folder of the build.
        repo_id: `OWNER/NAME` of a data set on the Hub.
        revision: the branch; made when missing.
        tag: name of the finished state; never moved.
        private: whether the repository must be private.
        title: message of the commit.
        files: every file by its path.
    """

    out: Path
    repo_id: str
    revision: str
    tag: str
    private: bool
    title: str
    files: dict[str, Content]

    @property
    def size(self) -> int:
        """Bytes in all files."""
        return sum(content.size for content in self.files.values())

    def __str__(self) -> str:
        lines = [f"  {name}  {content.size} bytes" for name, content in self.files.items()]
        private = " (private)" if self.private else ""
        return "\n".join(
            [
                f"{len(lines)} files, {self.size} bytes, for {self.repo_id}{private}, branch {self.revision},"
                f" tag {self.tag}:",
                *lines,
            ]
        )


@dataclass(frozen=True)
class PushReport:
    """What a push has done.

    Attributes:
        url: where the data set is.
        commit: hash of the commit that holds the build.
        tag: name of that state.
        sent: number of files that were new or different.
        kept: number of files the branch held already.
        removed: files of an earlier build that the commit took away.
        seconds: how long it took.
    """

    url: str
    commit: str
    tag: str
    sent: int
    kept: int
    removed: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        kept = f", {self.kept} there already" if self.kept else ""
        removed = f", {len(self.removed)} of an earlier build removed" if self.removed else ""
        return (
            f"{self.url}: {self.sent} files sent{kept}{removed}; commit {self.commit[:12]}, tag {self.tag},"
            f" {self.seconds:.1f} s"
        )


def prepare(
    out: str | Path, repo_id: str, revision: str = "main", tag: str | None = None, private: bool = False
) -> Parcel:
    """Check a folder against its manifest and return what a push would send; uses no network.

    Args:
        out: folder of a finished build.
        repo_id: `OWNER/NAME`.
        revision: the branch.
        tag: name of the finished state; None: `v` and the release of the build.
        private: whether the repository must be private.

    Raises:
        UsageError: no finished build, files that differ from it, or a name of a form the Hub does not know.
    """
    out = Path(out)
    if wrong := verify(out):
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise UsageError(f"{out} is not as it was built: {wrong[0]}{more}; build it again")
    head = (out / MANIFEST).read_bytes()
    manifest = json.loads(head)
    tag = f"v{manifest['release']}" if tag is None else tag
    _check_names(repo_id, revision, tag)
    files = {name: Content(entry["bytes"], entry["sha256"]) for name, entry in manifest["files"].items()}
    return Parcel(
        out=out,
        repo_id=repo_id,
        revision=revision,
        tag=tag,
        private=private,
        title=f"{manifest['recipe']['name']}, release {manifest['release']}, made by gameqa {manifest['version']}",
        files={**files, MANIFEST: Content(len(head), sha256(head).hexdigest())},
    )


def push(
    out: str | Path,
    repo_id: str,
    revision: str = "main",
    tag: str | None = None,
    private: bool = False,
    progress: bool | None = None,
    endpoint: str | None = None,
) -> PushReport:
    """Send a finished build to the Hub, or go on with a push that was stopped.

    Files of an earlier build that are no part of this one are removed in the same commit; all others stay.

    Args:
        out: folder of a finished build.
        repo_id: `OWNER/NAME`; made when missing.
        revision: the branch; made from `main` when missing.
        tag: name of the finished state; None: `v` and the release of the build.
        private: make the repository private; one that is public already is refused.
        progress: show a progress bar on stderr; None: if it is a terminal.
        endpoint: address of the Hub; None: `HF_ENDPOINT`, or the public one.

    Raises:
        UsageError: see `prepare`; no token, or one without the right to write; a repository that holds other data; a
            tag that names another state.
        Interrupted: by Ctrl-C.
        GameQAError: the Hub or the network fails longer than repeated tries last, or what arrived is not what was sent.

    Example:
        >>> from gameqa.builders.push import push
        >>> push("mini-data", "me/gameqa").tag       # doctest: +SKIP
        'v1'
    """
    begun = time.perf_counter()
    parcel = prepare(out, repo_id, revision, tag, private)
    token = get_token()
    if not token:
        raise UsageError("no token for the Hub is set; log in with `hf auth login`, or set HF_TOKEN")
    repo = _Repo(HfApi(endpoint=endpoint, token=token), parcel)
    try:
        with _own_client():
            before = repo.open()
            repo.upload(before.changed, progress)
            commit = repo.commit()
            if (after := repo.differences(repo.look(commit))).any:
                raise GameQAError(
                    f"commit {commit[:12]} of {repo_id} is not the build: {min(after.changed + after.strays)} differs;"
                    f" the tag {parcel.tag} is not set, run again to repair it"
                )
            repo.tag(commit)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; the Hub keeps what {repo_id} has received, run again to go on") from None
    except GameQAError:
        raise
    except (*TROUBLE, RuntimeError, ValueError, KeyError) as error:
        raise _in_one_sentence(_cause(error), repo_id) from error
    return PushReport(
        url=repo.url,
        commit=commit,
        tag=parcel.tag,
        sent=len(before.changed),
        kept=len(parcel.files) - len(before.changed),
        removed=tuple(before.strays),
        seconds=time.perf_counter() - begun,
    )


def _check_names(repo_id: str, revision: str, tag: str) -> None:
    try:
        validate_repo_id(repo_id)
        known = repo_id.count("/") == 1
    except HFValidationError:
        known = False
    if not known:
        raise UsageError(
            f"unknown form of repository name {repo_id!r}; allowed: OWNER/NAME, each of letters, digits, '-', '_', '.'"
        )
    for what, name in (("branch", revision), ("tag", tag)):
        if not _REF.fullmatch(name) or ".." in name or name.endswith((".", ".lock")):
            raise UsageError(f"unknown form of {what} {name!r}; allowed: letters, digits, '-', '_', '.' and '/'")
    if revision == tag:
        raise UsageError(f"branch and tag are both called {tag!r}; give them different names")


class _Snapshot(NamedTuple):
    """One commit on the Hub."""

    commit: str
    private: bool
    files: dict[str, RepoSibling]


class _Differences(NamedTuple):
    """Files of the build that a commit lacks or holds otherwise, and files in its folders that are no part of it."""

    changed: list[str]
    strays: list[str]

    @property
    def any(self) -> bool:
        return bool(self.changed or self.strays)


class _Repo:
    """The repository on the Hub. Each call is repeated while the trouble may pass, and can be repeated safely."""

    def __init__(self, api: HfApi, parcel: Parcel) -> None:
        self.api = api
        self.parcel = parcel
        self.additions: dict[str, CommitOperationAdd] = {}
        self.tagged = False
        self.url = f"{api.endpoint}/datasets/{parcel.repo_id}"

    def open(self) -> _Differences:
        """Make repository and branch where they are missing, and return what the branch lacks.

        Raises:
            UsageError: the repository is public, the tag is taken, or the branch holds data that no build has made.
        """
        name, parcel = self.parcel.repo_id, self.parcel
        if not _patiently(self._exists):
            _patiently(
                lambda: self.api.create_repo(name, repo_type="dataset", private=parcel.private or None, exist_ok=True)
            )
        if parcel.private and not self.look("main").private:
            raise UsageError(f"{name} exists and is public; make it private on the Hub, or push without --private")
        refs = _patiently(lambda: self.api.list_repo_refs(name, repo_type="dataset"))
        if parcel.tag in [tag.name for tag in refs.tags]:
            if self.differences(self.look(parcel.tag)).any:
                raise UsageError(f"tag {parcel.tag} of {name} names another state already; choose another tag")
            self.tagged = True
        if parcel.revision not in [branch.name for branch in refs.branches]:
            _patiently(lambda: self.api.create_branch(name, branch=parcel.revision, repo_type="dataset", exist_ok=True))
        head = self.look(parcel.revision)
        before = self.differences(head)
        if before.strays and MANIFEST not in head.files:
            raise UsageError(
                f"{name} holds {min(before.strays)}, which is no part of a build; choose another repository"
            )
        return before

    def _exists(self) -> bool:
        try:
            self.api.dataset_info(self.parcel.repo_id, timeout=TIMEOUT)
        except RepositoryNotFoundError:
            return False
        return True

    def look(self, revision: str) -> _Snapshot:
        """Return what a branch, tag or commit holds."""
        return _patiently(lambda: self._look(revision))

    def _look(self, revision: str) -> _Snapshot:
        info = self.api.dataset_info(self.parcel.repo_id, revision=revision, files_metadata=True, timeout=TIMEOUT)
        files = {file.rfilename: file for file in info.siblings or []}
        return _Snapshot(info.sha or revision, bool(info.private), files)

    def differences(self, found: _Snapshot) -> _Differences:
        """Compare a commit with the build."""
        parcel = self.parcel
        return _Differences(
            [name for name, content in parcel.files.items() if not _holds(found, parcel.out, name, content)],
            [name for name in found.files if name.startswith(FOLDERS) and name not in parcel.files],
        )

    def upload(self, names: list[str], progress: bool | None) -> None:
        """Send the large ones among the files; the Hub leaves out those it has."""
        with progress_bar(self.parcel.repo_id, "files", len(names), shown=progress) as on_file:
            for first in range(0, len(names), BATCH):
                batch = [self._addition(name) for name in names[first : first + BATCH]]
                _patiently(lambda batch=batch: self._upload(batch))
                for _ in batch:
                    on_file()

    def _upload(self, batch: list[CommitOperationAdd]) -> None:
        self.api.preupload_lfs_files(
            self.parcel.repo_id, batch, repo_type="dataset", revision=self.parcel.revision, free_memory=False
        )

    def _addition(self, name: str) -> CommitOperationAdd:
        """Return the one operation for a file; it remembers that the file was sent."""
        if name not in self.additions:
            self.additions[name] = CommitOperationAdd(name, self.parcel.out / name)
        return self.additions[name]

    def commit(self) -> str:
        """Commit everything at once, and return the hash of the commit that holds it."""
        return _patiently(self._commit)

    def _commit(self) -> str:
        # A commit whose answer was lost is found here at the next try; one by somebody else is refused with 412.
        head = self._look(self.parcel.revision)
        changed, strays = self.differences(head)
        if not changed and not strays:
            return head.commit
        return self.api.create_commit(
            self.parcel.repo_id,
            [*map(self._addition, changed), *map(CommitOperationDelete, strays)],
            commit_message=self.parcel.title,
            repo_type="dataset",
            revision=self.parcel.revision,
            parent_commit=head.commit,
        ).oid

    def tag(self, commit: str) -> None:
        """Name the commit, unless the tag names the same files already.

        Raises:
            GameQAError: somebody else has set the tag to another state in the meantime.
        """
        name, tag = self.parcel.repo_id, self.parcel.tag
        if self.tagged:
            return
        _patiently(
            lambda: self.api.create_tag(name, tag=tag, revision=commit, repo_type="dataset", exist_ok=True),
        )
        if self.differences(self.look(tag)).any:
            raise GameQAError(f"tag {tag} of {name} names another state than commit {commit[:12]}; choose another tag")


def _holds(found: _Snapshot, out: Path, name: str, content: Content) -> bool:
    """Compare by SHA-256 where the Hub stores a file apart, and by git's hash where it stands in git itself."""
    file = found.files.get(name)
    if file is None or file.size != content.size:
        return False
    if file.lfs is not None:
        return file.lfs.sha256 == content.sha256
    data = (out / name).read_bytes()
    # The hash of a git blob: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    blob = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return sha256(data).hexdigest() == content.sha256 and blob == file.blob_id


@contextmanager
def _own_client() -> Iterator[None]:
    """Keep the client's own progress bars out of ours, and leave the process a fresh client with its own timeouts."""
    silent = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not silent:
            enable_progress_bars()
        close_session()


def _patiently(call: Callable[[], T]) -> T:
    """Call, and call again with growing pauses while the trouble may pass."""
    waits = iter(WAITS)
    while True:
        # By itself the client waits for ever; it opens a new session after some errors.
        get_session().timeout = TIMEOUT
        try:
            return call()
        except (*TROUBLE, RuntimeError) as error:
            cause = _cause(error)
            pause = max(next(waits, inf), _asked_for(cause))
            if pause > PATIENCE or not _may_pass(cause):
                raise
            _log.warning("%s; trying again in %.0f s", _said(cause), pause)
        time.sleep(pause)


def _cause(error: BaseException) -> BaseException:
    """Return the error that the client has wrapped in another one."""
    while isinstance(error, RuntimeError) and error.__cause__ is not None:
        error = error.__cause__
    return error


def _status(error: BaseException) -> int | None:
    """Return the HTTP status behind an error; the client for deduplicated storage tells it in its message only."""
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code
    found = re.search(r"HTTP status (?:client|server) error \((\d{3})", str(error))
    return int(found[1]) if found else None


def _may_pass(error: BaseException) -> bool:
    if (status := _status(error)) is not None:
        return status in PASSING
    if isinstance(error, OfflineModeIsEnabled):
        return False
    return isinstance(error, (TROUBLE[0], ConnectionError, TimeoutError, RuntimeError))


def _asked_for(error: BaseException) -> float:
    """Return the number of seconds the Hub asks to wait: `Retry-After`, or the reset time `t` of its rate limit."""
    if not isinstance(error, HfHubHTTPError):
        return 0.0
    headers = error.response.headers
    if found := re.search(r";\s*r=0\s*;\s*t=(\d+)", headers.get("ratelimit", "")):
        return float(found[1])
    after = headers.get("retry-after", "").strip()
    if after.isdigit():
        return float(after)
    try:
        return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
    except ValueError:
        return 0.0


def _said(error: BaseException) -> str:
    """Return the message of an error on one line."""
    if isinstance(error, HfHubHTTPError):
        told = error.server_message or error.response.reason_phrase
        return " ".join(f"the Hub answered {error.response.status_code}: {told}".split())
    return " ".join(f"{type(error).__name__}: {error}".split())


def _in_one_sentence(error: BaseException, name: str) -> GameQAError:
    if isinstance(error, OfflineModeIsEnabled):
        return UsageError("the Hub cannot be reached in offline mode; unset HF_HUB_OFFLINE to push")
    status = _status(error)
    if status == 401:
        return UsageError("the Hub does not accept the token; log in with `hf auth login`, or set HF_TOKEN")
    if status == 403:
        return UsageError(f"the token has no right to write to {name}; use one that has it ({_said(error)})")
    if status == 404:
        return UsageError(f"{name} does not exist for this token; check its name and rights ({_said(error)})")
    if (pause := _asked_for(error)) > PATIENCE:
        return GameQAError(f"the Hub asks to wait {pause:.0f} s; run again after that to go on")
    return GameQAError(f"pushing to {name} failed ({_said(error)}); run again to go on")
