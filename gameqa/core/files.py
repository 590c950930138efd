"""Writing files so that nothing is ever half-written."""

import errno
import os
import shutil
from collections.abc import Collection, Generator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

from gameqa.core.errors import GameQAError, UsageError

PART = ".part"
"""Ending of files that are not complete yet."""


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file under a temporary name in its folder and rename it; the folder is made when missing.

    Raises:
        UsageError: the folder or file cannot be written.
        GameQAError: the disk is full; no part of the file is left behind.
    """
    data = content.encode() if isinstance(content, str) else content
    part = path.with_name(path.name + PART)
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hex digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(folder: Path) -> Generator[None, None, None]:
    """Turn the operating system's refusals while writing below `folder` into one clear sentence.

    Raises:
        UsageError: not writable, not a folder, a read-only file system.
        GameQAError: no space left, or another failure of the disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise GameQAError(f"the disk is full while writing to {folder}; free some space and run again") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise UsageError(f"cannot write to {folder}: {error.strerror}; choose a writable folder") from error
        raise GameQAError(f"writing to {folder} failed: {error}") from error


@contextmanager
def new_folder(out: Path, replaceable: Collection[str] = ()) -> Generator[Path, None, None]:
    """Yield a folder under a temporary name; it becomes `out` when all went well, and is removed when not.

    Args:
        out: the folder to be; missing, empty, or holding nothing but files named in `replaceable`.
        replaceable: names of files that may be removed.

    Raises:
        UsageError: `out` holds something else, or cannot be written.
        GameQAError: the disk is full.
    """
    out = out.absolute()
    if out.exists() and (not out.is_dir() or {path.name for path in out.iterdir()} - {*replaceable}):
        raise UsageError(f"{out} is not an empty folder; choose another one or remove it first")
    part = out.with_name(out.name + PART)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            yield part
            if out.exists():
                for name in replaceable:
                    (out / name).unlink(missing_ok=True)
                out.rmdir()
            part.replace(out)
        finally:
            shutil.rmtree(part, ignore_errors=True)
