"""Writing files so that nothing is ever half-written."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
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
