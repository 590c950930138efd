import doctest
import importlib
import subprocess
import sys

import pytest

MODULES = ("canvas", "cards", "fonts", "grid", "legend", "palette", "pieces", "solids", "sprites", "style")


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    result = doctest.testmod(importlib.import_module(f"gameqa.draw.{name}"))
    assert result.failed == 0


def test_every_public_name_loads():
    import gameqa.draw as draw

    for name in draw._MODULE:
        assert getattr(draw, name) is not None
    with pytest.raises(AttributeError):
        _ = draw.nothing


def test_canvas_and_text_need_no_numpy_and_the_package_alone_no_pillow():
    code = (
        "import sys, gameqa.draw; assert 'PIL' not in sys.modules\n"
        "from gameqa.draw import Canvas, encode\n"
        "c = Canvas(50, 50); c.text((25, 25), '7', 20); encode(c.image)\n"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
