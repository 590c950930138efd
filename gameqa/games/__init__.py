"""The games, one package each; none imports another.

`gameqa.games()` lists them; this package bears the same name, so it answers the call itself.
"""

import sys
from types import ModuleType


class _Games(ModuleType):
    def __call__(self) -> list[str]:
        from gameqa.core.registry import games

        return games()


sys.modules[__name__].__class__ = _Games
