"""The frame of self-contained pages, and pictures within them."""

import base64
from html import escape

SEAL = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:;'
    " style-src 'unsafe-inline'\">"
)


def frame(title: str, style: str, body: str, sealed: bool = True) -> str:
    """Return a whole page.

    Args:
        title: plain words.
        style: CSS.
        body: HTML.
        sealed: forbid the browser to run or load anything, whatever the body holds.
    """
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{SEAL if sealed else ""}'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body>{body}</body></html>\n"
    )


def data_url(picture: bytes, kind: str = "png") -> str:
    """Return a picture as a URL that holds it."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
