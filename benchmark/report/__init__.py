"""Reports of one run and tables of several, as Markdown and as self-contained pages."""

from .leaderboard import leaderboard, leaderboard_page
from .markdown import markdown
from .page import page

__all__ = ["leaderboard", "leaderboard_page", "markdown", "page"]
