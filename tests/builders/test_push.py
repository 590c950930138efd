"""Pushing a build to the Hub: all or nothing, whatever goes wrong on the way, and what arrives is what was built."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from gameqa.builders import push as pushing
from gameqa.builders.build import Recipe, build
from gameqa.builders.push import PushReport, prepare, push
from hub_stand_in import READ, WRITE, Blob, Fault, Hub, Repo
from huggingface_hub import constants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gameqa.core.errors import GameQAError, Interrupted, UsageError

RECIPE = Recipe("tiny", "Tiny.", {"train": 2, "test": 1}, games=("snake", "tictactoe"), shard_rows=8)
NAME = "me/gameqa"
COMMIT = "POST /api/datasets/me/gameqa/commit/main"
REQUESTS = [
    "POST /api/repos/create",
    "GET /api/datasets/me/gameqa$",
    "GET /api/datasets/me/gameqa/revision/main",
    "GET /api/datasets/me/gameqa/refs",
    "POST /api/validate-yaml",
    "preupload",
    "objects/batch",
    "^PUT",
    "verify",
    COMMIT,
    "/tag/",
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished build. Read it, never change it."""
    out = tmp_path_factory.mktemp("push") / "tiny"
    build(RECIPE, out, workers=1)
    return out


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Go online, with the right to write; note the pauses instead of making them."""
    pauses: list[float] = []
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", WRITE)
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def large(folder: Path) -> list[str]:
    return [name for name in names(folder) if name.endswith(".parquet")]


def held(repo: Repo, revision: str = "main") -> dict[str, bytes]:
    """What a revision holds, without what the Hub itself has put there."""
    tree = repo.commits[repo.find(revision)]
    return {path: blob.content for path, blob in sorted(tree.items()) if path != ".gitattributes"}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


def send(folder: Path, hub: Hub, **options: object) -> PushReport:
    return push(folder, NAME, progress=False, endpoint=hub.url, **options)  # pyright: ignore[reportArgumentType]


def test_everything_arrives_in_one_commit_and_is_tagged(built: Path, hub: Hub, pauses: list[float]) -> None:
    report = send(built, hub)
    repo = hub.repos[NAME]
    assert held(repo) == held(repo, "v1") == contents(built)
    assert len(repo.commits) == 2  # the Hub's own first one, and ours
    assert (report.sent, report.kept, report.removed) == (len(names(built)), 0, ())
    assert report.commit == repo.branches["main"]
    assert report.url == f"{hub.url}/datasets/{NAME}"
    assert not repo.private
    assert not pauses
    assert len(hub.seen("PUT")) == len(large(built)) > pushing.BATCH
    lines = [hub.log.index(line) for line in (hub.seen("^PUT")[-1], COMMIT, hub.seen("/tag/")[0])]
    assert lines == sorted(lines)


def test_a_second_push_sends_nothing(built: Path, hub: Hub) -> None:
    first = send(built, hub)
    hub.log.clear()
    again = send(built, hub)
    assert (again.commit, again.sent, again.kept) == (first.commit, 0, len(names(built)))
    assert not hub.seen("PUT|commit|preupload|/tag/")


def test_private(built: Path, hub: Hub) -> None:
    send(built, hub, private=True)
    assert hub.repos[NAME].private
    send(built, hub, private=True)
    hub.create("me/open")
    with pytest.raises(UsageError, match="me/open exists and is public; make it private"):
        push(built, "me/open", private=True, progress=False, endpoint=hub.url)
    assert held(hub.repos["me/open"]) == {}


def test_branch_and_tag(built: Path, hub: Hub) -> None:
    send(built, hub, revision="next/one", tag="v1-rc.1")
    repo = hub.repos[NAME]
    assert held(repo) == {}
    assert held(repo, "next/one") == held(repo, "v1-rc.1") == contents(built)
    send(built, hub)
    assert held(repo) == contents(built)
    assert set(repo.tags) == {"v1", "v1-rc.1"}


def test_a_tag_is_never_moved(built: Path, hub: Hub) -> None:
    repo = hub.create(NAME)
    repo.tags["v1"] = repo.branches["main"]
    with pytest.raises(UsageError, match="tag v1 of me/gameqa names another state already; choose another tag"):
        send(built, hub)
    assert not hub.seen("PUT|commit")
    send(built, hub, tag="v1.1")
    assert held(repo, "v1.1") == contents(built)
    assert held(repo, "v1") == {}


def test_a_tag_set_by_somebody_else_meanwhile(built: Path, hub: Hub) -> None:
    repo = hub.create(NAME)
    first = repo.branches["main"]
    hub.before[COMMIT] = lambda: repo.tags.update(v1=first)
    with pytest.raises(GameQAError, match="tag v1 of me/gameqa names another state than commit"):
        send(built, hub)
    assert repo.tags["v1"] == first


def test_files_of_an_earlier_build_go_and_other_files_stay(built: Path, hub: Hub) -> None:
    stale, licence = Blob(b"old", lfs=True), Blob(b"free", lfs=False)
    old = ["assets/chess.png", "data/chess/test-00000-of-00001.parquet"]
    tree = {**dict.fromkeys(old, stale), "manifest.json": Blob(b"{}", lfs=False)}
    repo = hub.create(NAME, tree={**tree, "LICENSE": licence})
    report = send(built, hub)
    assert list(report.removed) == old
    assert held(repo) == {**contents(built), "LICENSE": b"free"}
    assert len(repo.commits) == 2


def test_data_of_others_is_left_alone(built: Path, hub: Hub) -> None:
    repo = hub.create(NAME, tree={"data/mine.csv": Blob(b"a,b", lfs=False)})
    with pytest.raises(UsageError, match=r"me/gameqa holds data/mine.csv, which is no part of a build"):
        send(built, hub)
    assert held(repo) == {"data/mine.csv": b"a,b"}
    assert not hub.objects


@pytest.mark.parametrize("request_line", REQUESTS)
def test_trouble_that_passes(built: Path, hub: Hub, pauses: list[float], request_line: str) -> None:
    hub.faults += [
        Fault(request_line),
        Fault(request_line, status=429, headers={"Retry-After": "17"}),
        Fault(request_line, status=0),
        Fault(request_line, status=0, late=True),
    ]
    send(built, hub)
    repo = hub.repos[NAME]
    assert [fault.times for fault in hub.faults] == [0] * 4
    assert held(repo) == held(repo, "v1") == contents(built)
    assert len(repo.commits) == 2
    assert len(pauses) == 4
    assert max(pauses) in (17, 18)


@pytest.mark.parametrize("request_line", ["GET /api/datasets/me/gameqa$", "^PUT", COMMIT])
def test_a_silent_hub(built: Path, hub: Hub, request_line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "TIMEOUT", 0.5)
    hub.faults.append(Fault(request_line, hang=1.5, status=0))
    send(built, hub)
    assert held(hub.repos[NAME], "v1") == contents(built)


def test_pauses_grow_and_tries_end(built: Path, hub: Hub, pauses: list[float]) -> None:
    hub.faults.append(Fault(COMMIT, times=99, status=503, message="down for repair"))
    with pytest.raises(GameQAError, match=r"pushing to me/gameqa failed \(the Hub answered 503: down for repair\)"):
        send(built, hub)
    assert pauses == [1, 2, 4, 8, 16]
    assert held(hub.repos[NAME]) == {}
    assert not hub.repos[NAME].tags


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "40"}, 40),
        ({"Retry-After": "soon"}, 1),
        ({"RateLimit": '"api";r=0;t=55', "Retry-After": "40"}, 55),
        ({"RateLimit": '"api";r=12;t=55'}, 1),
    ],
)
def test_the_hub_says_how_long_to_wait(
    built: Path, hub: Hub, pauses: list[float], headers: dict[str, str], pause: float
) -> None:
    hub.faults.append(Fault(COMMIT, status=429, headers=headers))
    send(built, hub)
    assert pauses == [pause]


def test_the_hub_says_until_when_to_wait(built: Path, hub: Hub, pauses: list[float]) -> None:
    hub.faults.append(Fault(COMMIT, status=429, headers={"Retry-After": formatdate(time.time() + 200)}))
    send(built, hub)
    assert 100 < pauses[0] <= 200


def test_the_hub_asks_for_too_much_patience(built: Path, hub: Hub, pauses: list[float]) -> None:
    hub.faults.append(Fault(COMMIT, status=429, headers={"Retry-After": "86400"}))
    with pytest.raises(GameQAError, match="the Hub asks to wait 86400 s; run again after that"):
        send(built, hub)
    assert not pauses


@pytest.mark.parametrize("stopped_at", ["PUT", COMMIT, "/tag/"])
def test_a_stopped_push_goes_on(built: Path, hub: Hub, stopped_at: str) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        if stopped_at == "PUT":
            batches = iter(range(2))
            real = pushing.HfApi.preupload_lfs_files
            patch.setattr(
                pushing.HfApi,
                "preupload_lfs_files",
                lambda *given, **named: real(*given, **named) if next(batches) == 0 else stop(),
            )
        else:
            call = "create_commit" if stopped_at == COMMIT else "create_tag"
            patch.setattr(pushing.HfApi, call, lambda *_, **__: stop())
        with pytest.raises(Interrupted, match="the Hub keeps what me/gameqa has received, run again to go on"):
            send(built, hub)
    repo = hub.repos[NAME]
    assert held(repo) == ({} if stopped_at != "/tag/" else contents(built))
    assert not repo.tags
    had = len(hub.objects)
    assert had >= pushing.BATCH
    hub.log.clear()
    send(built, hub)
    assert len(hub.seen("PUT")) == len(large(built)) - had
    assert held(repo) == held(repo, "v1") == contents(built)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            Fault,
            request=st.sampled_from(REQUESTS),
            times=st.integers(1, 9),
            status=st.sampled_from([0, 500, 429, 403, 401]),
            late=st.booleans(),
        ),
        max_size=4,
    )
)
def test_whatever_goes_wrong_no_state_is_half(built: Path, faults: list[Fault]) -> None:
    hub = Hub()
    hub.faults = faults
    while True:
        left = sum(fault.times for fault in faults)
        try:
            send(built, hub)
            break
        except GameQAError as error:
            assert "\n" not in str(error)
            assert sum(fault.times for fault in faults) < left
    hub.close()
    repo = hub.repos[NAME]
    assert [tree for tree in map(partial(held, repo), repo.commits) if tree] == [contents(built)]
    assert held(repo, "v1") == held(repo) == contents(built)


def test_somebody_else_commits_meanwhile(built: Path, hub: Hub) -> None:
    repo = hub.create(NAME)
    # Between our look at the branch and our commit: seen by the check of the card, which comes right before.
    hub.before["POST /api/validate-yaml"] = lambda: repo.add("main", {**repo.main, "LICENSE": Blob(b"free", False)})
    send(built, hub)
    assert held(repo) == {**contents(built), "LICENSE": b"free"}
    assert held(repo, "v1") == held(repo)


@pytest.mark.parametrize("name", ["data/snake/test-00000-of-00002.parquet", "README.md"])
def test_what_arrives_differs(built: Path, hub: Hub, name: str) -> None:
    path = name if (built / name).exists() else large(built)[0]
    hub.lies[path] = sha256(b"other").hexdigest()[: 64 if path.endswith(".parquet") else 40]
    with pytest.raises(GameQAError, match=f"of me/gameqa is not the build: {path} differs; the tag v1 is not set"):
        send(built, hub)
    assert not hub.repos[NAME].tags
    hub.lies.clear()
    assert send(built, hub).sent == 0
    assert held(hub.repos[NAME], "v1") == contents(built)


def test_an_upload_that_is_damaged_on_the_way_is_never_committed(built: Path, hub: Hub) -> None:
    hub.faults.append(Fault("verify", status=422, message="the object differs from its hash"))
    with pytest.raises(GameQAError, match=r"failed \(the Hub answered 422: the object differs from its hash\)"):
        send(built, hub)
    assert held(hub.repos[NAME]) == {}


@pytest.mark.parametrize(
    ("token", "repo_id", "message"),
    [
        ("", NAME, "no token for the Hub is set; log in with `hf auth login`, or set HF_TOKEN"),
        ("hf_wrong", NAME, "the Hub does not accept the token; log in with `hf auth login`, or set HF_TOKEN"),
        (READ, NAME, "the token has no right to write to me/gameqa; use one that has it (the Hub answered 403: "),
        (WRITE, "you/gameqa", "the token has no right to write to you/gameqa; use one that has it"),
    ],
)
def test_missing_rights(
    built: Path, hub: Hub, token: str, repo_id: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(UsageError) as error:
        push(built, repo_id, progress=False, endpoint=hub.url)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert not hub.repos


def test_a_repository_that_may_only_be_read(built: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.create(NAME)
    monkeypatch.setenv("HF_TOKEN", READ)
    with pytest.raises(UsageError, match="the token has no right to write to me/gameqa"):
        send(built, hub)
    assert held(hub.repos[NAME]) == {}


@pytest.mark.parametrize(("status", "message"), [(401, "does not accept the token"), (403, "has no right to write")])
def test_rights_that_end_on_the_way(built: Path, hub: Hub, status: int, message: str, pauses: list[float]) -> None:
    hub.faults.append(Fault(COMMIT, status=status))
    with pytest.raises(UsageError, match=message):
        send(built, hub)
    assert not pauses
    assert held(hub.repos[NAME]) == {}


def test_rights_that_end_at_the_deduplicated_storage(
    built: Path, hub: Hub, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its client, hf_xet, asks for a token of its own: GET …/xet-write-token/main."""
    pytest.importorskip("hf_xet")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    hub.faults.append(Fault("xet-write-token", times=99, status=403))
    with pytest.raises(UsageError, match="the token has no right to write to me/gameqa"):
        send(built, hub)
    assert hub.seen("xet-write-token")
    assert not pauses
    assert held(hub.repos[NAME]) == {}


def test_no_hub_and_offline(built: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.close()
    with pytest.raises(GameQAError, match=r"pushing to me/gameqa failed \(ConnectError: .*\); run again to go on"):
        send(built, hub)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match="offline mode; unset HF_HUB_OFFLINE to push"):
        send(built, hub)


@pytest.mark.parametrize(
    ("repo_id", "options", "message"),
    [
        ("gameqa", {}, "unknown form of repository name 'gameqa'; allowed: OWNER/NAME"),
        ("datasets/me/gameqa", {}, "unknown form of repository name"),
        ("me/game--qa", {}, "unknown form of repository name"),
        ("me/", {}, "unknown form of repository name"),
        (NAME, {"revision": ""}, "unknown form of branch ''"),
        (NAME, {"revision": "a..b"}, "unknown form of branch 'a..b'"),
        (NAME, {"tag": "v 1"}, "unknown form of tag 'v 1'; allowed: letters, digits, "),
        (NAME, {"revision": "v1"}, "branch and tag are both called 'v1'"),
    ],
)
def test_unknown_names(built: Path, repo_id: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        prepare(built, repo_id, **options)
    assert message in str(error.value)


def test_only_an_unchanged_finished_build_is_sent(built: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no finished build"):
        prepare(tmp_path, NAME)
    folder = shutil.copytree(built, tmp_path / "copy")
    (folder / "README.md").write_text("other")
    next(folder.glob("data/*/*.parquet")).unlink()
    with pytest.raises(UsageError, match=r"is not as it was built: .*parquet is missing, and 1 more; build it again"):
        prepare(folder, NAME)
    manifest = json.loads((built / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "complete": False}))
    with pytest.raises(UsageError, match="holds no finished build"):
        prepare(folder, NAME)


def test_only_files_of_the_build_are_sent(built: Path, hub: Hub, tmp_path: Path) -> None:
    folder = shutil.copytree(built, tmp_path / "copy")
    (folder / "notes.txt").write_text("private")
    send(folder, hub)
    assert held(hub.repos[NAME]) == contents(built)


def test_a_file_changed_while_it_is_sent(built: Path, hub: Hub, tmp_path: Path) -> None:
    folder = shutil.copytree(built, tmp_path / "copy")
    hub.before["POST /api/repos/create"] = lambda: (folder / "README.md").write_text("other" * 9)
    with pytest.raises(GameQAError, match=r"is not the build: README.md differs; the tag v1 is not set"):
        send(folder, hub)
    assert not hub.repos[NAME].tags


def test_another_build_replaces_the_first(built: Path, hub: Hub, tmp_path: Path) -> None:
    send(built, hub)
    other = tmp_path / "other"
    build(replace(RECIPE, games=("tictactoe",), counts={"test": 1}, shard_rows=99), other, workers=1)
    report = send(other, hub, tag="v1.1")
    repo = hub.repos[NAME]
    assert len(report.removed) == len([name for name in names(built) if name not in names(other)])
    assert held(repo) == held(repo, "v1.1") == contents(other)
    assert held(repo, "v1") == contents(built)


def test_dry_run_uses_no_network(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("network")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    parcel = prepare(built, NAME, revision="next", private=True)
    assert {name: size for name, (size, _) in parcel.files.items()} == {
        name: len(content) for name, content in contents(built).items()
    }
    first, *lines = str(parcel).splitlines()
    assert first == f"{len(lines)} files, {parcel.size} bytes, for me/gameqa (private), branch next, tag v1:"
    assert sorted(line.split()[0] for line in lines) == names(built)


def begin(hub: Hub, folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """Start a fresh interpreter: the client reads its environment when it is imported."""
    told = {"HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": WRITE, **environment}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **told},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(hub: Hub, folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run to the end; return exit code, output and errors."""
    process = begin(hub, folder, *arguments, **environment)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


LOAD = """
import sys
from datasets import Image, load_dataset

def rows(place, **options):
    data = load_dataset(place, "tictactoe", split="test", **options)
    return [*data.cast_column("image", Image(decode=False))]

built = rows(sys.argv[1])
for options in ({"streaming": True}, {}, {"revision": "v1"}):
    assert rows("me/gameqa", **options) == built
print(len(built), len(load_dataset("me/gameqa", split="train")))
"""


def test_the_command_and_load_dataset(built: Path, hub: Hub, tmp_path: Path) -> None:
    command = ("-m", "gameqa.cli", "push", str(built), NAME)
    assert run(hub, tmp_path, *command, "--dry-run") == (0, f"{prepare(built, NAME)}\n", "")
    assert not hub.log
    code, output, errors = run(hub, tmp_path, *command)
    assert (code, errors) == (0, "")
    assert output.startswith(f"{hub.url}/datasets/me/gameqa: {len(names(built))} files sent; commit ")
    _, output, errors = run(hub, tmp_path, "-c", LOAD, str(built))
    manifest = json.loads((built / "manifest.json").read_text())
    test = sum(file["rows"] for name, file in manifest["files"].items() if name.startswith("data/tictactoe/test"))
    assert output.split() == [str(test), str(manifest["splits"]["train"])], errors


def test_the_command_is_stopped(built: Path, hub: Hub, tmp_path: Path) -> None:
    hub.faults.append(Fault("^PUT", times=2, hang=0.5))
    command = begin(hub, tmp_path, "-m", "gameqa.cli", "push", str(built), NAME)
    waited = threading.Event()
    while not hub.seen("^PUT"):
        waited.wait(0.05)
        assert command.poll() is None
    command.send_signal(signal.SIGINT)
    _, errors = command.communicate(timeout=60)
    assert command.returncode == 130
    assert errors.splitlines()[-1].endswith("the Hub keeps what me/gameqa has received, run again to go on")
    assert held(hub.repos[NAME]) == {}


def test_the_bar_counts_files(built: Path, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    count = len(names(built))
    for end in (count, 0):
        push(built, NAME, progress=True, endpoint=hub.url)
        assert f"{end}/{end}" in capsys.readouterr().err


def test_the_command_fails_in_one_sentence(built: Path, hub: Hub, tmp_path: Path) -> None:
    assert run(hub, tmp_path, "-m", "gameqa.cli", "push", str(built), NAME, HF_TOKEN="hf_wrong") == (
        2,
        "",
        "gameqa: the Hub does not accept the token; log in with `hf auth login`, or set HF_TOKEN\n",
    )
