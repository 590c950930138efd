import io
import itertools

import pytest
from PIL import Image

from gameqa.draw import (
    NAMED,
    NINE,
    Canvas,
    Grid,
    Legend,
    Style,
    column_labels,
    delta_e,
    encode,
    lines,
    row_labels,
)
from gameqa.draw.palette import blend, lab, rgb


def ink_box(canvas, background=(255, 255, 255)):
    """Left, top, right, bottom (exclusive) of everything clearly darker than the white background."""
    gray = canvas.image.convert("RGB").convert("L")
    return gray.point([255] * 200 + [0] * 56).getbbox()


def board(mark="7"):
    grid = Grid(4, 4, 60, 40, 40)
    canvas = Canvas(300, 300)
    canvas.rect(grid.box(1, 2), "#E53935")
    canvas.text(grid.center(1, 2), mark, 30, "#FFFFFF", "#E53935")
    canvas.ellipse(grid.box(2, 2, inset=8), "#2979FF", "#000000", 2, paper="#FFFFFF")
    lines(canvas, grid, "#8C8C8C", 1, "#000000", 4)
    row_labels(canvas, grid, range(4), 22)
    column_labels(canvas, grid, "abcd", 22)
    return canvas


def test_equal_drawings_give_equal_bytes_whatever_came_before():
    alone = encode(board().image)
    other = Canvas(50, 50, "#123456")
    other.text((25, 25), "7", 30, "#FF0000", "#123456")
    board("Q")
    assert encode(board().image) == alone


def test_the_palette_holds_the_colours_used_in_order():
    canvas = Canvas(10, 10, "#FFFFFF")
    canvas.rect((0, 0, 5, 5), "#FF0000")
    canvas.rect((5, 5, 10, 10), (0, 0, 255), outline="#FF0000")
    assert canvas.image.mode == "P"
    assert canvas.image.getpalette() == [255, 255, 255, 255, 0, 0, 0, 0, 255]
    assert canvas.image.convert("RGB").getpixel((7, 7)) == (0, 0, 255)


def test_later_drawing_leaves_an_image_taken_earlier_alone():
    canvas = Canvas(10, 10)
    before = canvas.image
    canvas.rect((0, 0, 10, 10), "#000000")
    assert before.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("box", [(3, 4, 11, 9), (0, 0, 1, 1), (5, 0, 6, 20)])
def test_a_box_covers_exactly_its_pixels(box):
    canvas = Canvas(20, 20)
    canvas.rect(box, "#000000")
    assert ink_box(canvas) == box
    outlined = Canvas(20, 20)
    outlined.rect(box, outline="#000000")
    assert ink_box(outlined) == box


def test_an_empty_box_draws_nothing():
    canvas = Canvas(20, 20)
    canvas.rect((5, 5, 5, 9), "#000000")
    assert ink_box(canvas) is None


@pytest.mark.parametrize("paper", [None, "#FFFFFF"])
def test_an_ellipse_fills_its_box(paper):
    canvas = Canvas(60, 60)
    canvas.ellipse((10, 12, 40, 50), "#000000", paper=paper)
    assert ink_box(canvas) == (10, 12, 40, 50)


def test_level_and_upright_lines_are_centred_on_the_coordinate():
    for width in (1, 2, 3, 4):
        canvas = Canvas(40, 40)
        canvas.line([(20, 5), (20, 30)], "#000000", width)
        assert ink_box(canvas) == (20 - width // 2, 5, 20 - width // 2 + width, 30)
        canvas = Canvas(40, 40)
        canvas.line([(30, 20), (5, 20)], "#000000", width)
        assert ink_box(canvas) == (5, 20 - width // 2, 30, 20 - width // 2 + width)


def test_dashes_have_gaps():
    canvas = Canvas(40, 4)
    canvas.dashed((0, 1), (40, 1), "#000000", dash=6, gap=4)
    row = [canvas.image.getpixel((x, 1)) for x in range(40)]
    assert row == ([1] * 6 + [0] * 4) * 4


def test_too_many_colours_is_an_error_that_says_so():
    canvas = Canvas(10, 10, (0, 0, 0))
    for i in range(1, 256):
        canvas.rect((0, 0, 1, 1), (i, i, i))
    canvas.rect((0, 0, 1, 1), (9, 9, 9))
    for _ in range(2):
        with pytest.raises(ValueError, match="256 colours"):
            canvas.rect((0, 0, 1, 1), "#FF0000")
    assert len(canvas.colors) == 256


@pytest.mark.parametrize("size", [16, 20, 26, 33, 48, 72])
@pytest.mark.parametrize("text", ["0", "7", "8", "12", "X", "H", "♥", "×", "−", "♞"])
def test_text_is_centred_within_a_pixel(text, size):
    canvas = Canvas(201, 121)
    canvas.text((100, 60), text, size)
    left, top, right, bottom = ink_box(canvas)
    assert abs((left + right) / 2 - 100) <= 1
    assert abs((top + bottom) / 2 - 60) <= 1


def test_labels_of_a_row_share_their_baseline():
    bottoms = set()
    for letter in "abcdef":
        canvas = Canvas(60, 60)
        canvas.text((30, 30), letter, 40)
        bottoms.add(ink_box(canvas)[3])
    assert max(bottoms) - min(bottoms) <= 1


@pytest.mark.parametrize(
    ("anchor", "side", "value"), [("lt", 0, 50), ("rt", 2, 50), ("mt", 1, 40), ("mb", 3, 40), ("ms", 3, 40)]
)
def test_anchors_name_the_edges_of_the_ink(anchor, side, value):
    canvas = Canvas(120, 100)
    canvas.text((50, 40), "HE", 30, anchor=anchor)
    assert abs(ink_box(canvas)[side] - value) <= 1


def test_text_blends_between_ink_and_paper_only():
    canvas = Canvas(80, 60, "#FFE100")
    canvas.text((40, 30), "8", 40, "#000000", "#FFE100")
    assert 3 < len(canvas.colors) <= 8
    assert all(b == 0 and abs(g - r * 225 / 255) <= 1.5 for r, g, b in canvas.colors)
    assert (0, 0, 0) in canvas.colors


def test_a_halo_separates_text_from_any_ground():
    canvas = Canvas(80, 60, "#FF0000")
    canvas.text((40, 30), "1", 40, halo="#FFFFFF", halo_width=3)
    picture = canvas.image.convert("RGB")
    touching = [{picture.getpixel((x, y)), picture.getpixel((x + 1, y))} for x in range(79) for y in range(60)]
    assert {(255, 0, 0), (255, 255, 255)} in touching
    assert {(255, 0, 0), (0, 0, 0)} not in touching


def test_unknown_signs_and_anchors_are_errors():
    canvas = Canvas(50, 50)
    with pytest.raises(ValueError, match="no sign"):
        canvas.text((20, 20), "漢", 20)
    with pytest.raises(ValueError, match="anchor"):
        canvas.text((20, 20), "1", 20, anchor="center")
    canvas.text((20, 20), "←↑→↓ ♥♦♣♠ ♔♟ ●○■□▲▼ ×−…✓✗☆★ “”–—éß", 10)


def test_smooth_edges_lie_between_the_two_colours():
    canvas = Canvas(60, 60)
    canvas.polygon([(10, 10), (50, 20), (20, 50)], "#E60000", paper="#FFFFFF")
    assert {color[0] >= 230 and color[1] == color[2] for color in canvas.colors} == {True}
    assert canvas.image.convert("RGB").getpixel((25, 25)) == (230, 0, 0)


def test_encoding_keeps_the_pixels_and_packs_few_colours():
    image = board().image
    data = encode(image)
    again = Image.open(io.BytesIO(data))
    assert again.mode == "P" and not again.info
    assert again.convert("RGB").tobytes() == image.convert("RGB").tobytes()
    small = Canvas(64, 64)
    small.rect((0, 0, 9, 9), "#000000")
    assert encode(small.image)[24] == 1  # bits per pixel


def test_grid_cells_and_lines():
    grid = Grid(3, 4, 50, 40, 30)
    assert grid.box(0, 0) == (40, 30, 90, 80)
    assert grid.box(2, 3) == (190, 130, grid.right, grid.bottom)
    assert grid.box(1, 1, inset=5) == (95, 85, 135, 125)
    assert grid.center(2, 3) == (215, 155)
    canvas = Canvas(300, 220)
    lines(canvas, grid, "#8C8C8C", 2, "#000000", 6)
    across = [canvas.image.convert("RGB").getpixel((x, 55)) for x in range(300)]
    assert [x for x, color in enumerate(across) if color == (140, 140, 140)] == [89, 90, 139, 140, 189, 190]
    frame = [x for x, color in enumerate(across) if color == (0, 0, 0)]
    assert frame == [35, 36, 37, 38, 39, 40, 239, 240, 241, 242, 243, 244]


def test_every_third_line():
    grid = Grid(9, 9, 20)
    canvas = Canvas(180, 180)
    lines(canvas, grid, "#000000", 4, every=3)
    row = [x for x in range(4, 170) if canvas.image.getpixel((x, 10))]
    assert row == [58, 59, 60, 61, 118, 119, 120, 121]


def test_labels_stand_beside_their_cells():
    grid = Grid(3, 3, 60, 60, 60)
    rows, columns = Canvas(300, 300), Canvas(300, 300)
    row_labels(rows, grid, [8, 9, 10], 22, gap=10)
    left, top, right, bottom = ink_box(rows)
    assert abs(right - 50) <= 1 and 80 <= top <= 86 and 215 <= bottom <= 220
    column_labels(columns, grid, [1, 2, 3], 22, gap=10)
    left, top, right, bottom = ink_box(columns)
    assert abs(bottom - 50) <= 1 and 80 <= left <= 90 and 205 <= right <= 218
    row_labels(rows, grid, "abc", 22, right=True)
    column_labels(columns, grid, "abc", 22, below=True)
    assert ink_box(rows)[2] > grid.right + 10
    assert ink_box(columns)[3] > grid.bottom + 10


def test_style_scales_lengths():
    assert Style().px(36) == 36
    assert Style(2).px(1.5) == 3
    assert Style(0.5).px(0.4) == 1 and Style(0.5).px(0) == 0
    with pytest.raises(ValueError):
        Style(5)


def test_legend_wraps_into_aligned_lines():
    entries = [(color, name) for name, color in NINE.items()]
    wide, narrow = Legend(entries, 2000), Legend(entries, 468)
    assert wide.lines == 1 and wide.height == 20
    assert narrow.lines == 2 and narrow.height == 50
    canvas = Canvas(468, narrow.height)
    narrow.draw(canvas, 0, 0)
    assert Legend(entries, 10).lines == 9
    picture = canvas.image.convert("RGB")
    assert {rgb(color) for color in NINE.values()} <= {color for _, color in picture.getcolors()}
    box = ink_box(canvas)
    assert box[0] == 0 and box[2] < 468 and box[3] == narrow.height


def test_delta_e_against_known_values():
    # Lab of the sRGB primaries under D65, as tabulated in colour textbooks.
    for color, known in (
        ("#FF0000", (53.24, 80.09, 67.20)),
        ("#00FF00", (87.74, -86.18, 83.18)),
        ("#0000FF", (32.30, 79.19, -107.86)),
        ("#808080", (53.59, 0, 0)),
    ):
        assert lab(color) == pytest.approx(known, abs=0.05)
    assert delta_e("#000000", "#FFFFFF") == pytest.approx(100, abs=0.01)
    assert delta_e("#FF0000", "#00FF00") == pytest.approx(170.58, abs=0.1)
    assert delta_e("#123456", (0x12, 0x34, 0x56)) == 0


@pytest.mark.parametrize("colors", [{**NINE, "white": "#FFFFFF"}, NAMED])
def test_named_colours_are_far_apart(colors):
    for (name, a), (other, b) in itertools.combinations(colors.items(), 2):
        assert delta_e(a, b) >= 41, (name, other)


def test_blend_and_rgb():
    assert blend("#000000", (255, 255, 255), 0.2) == "#333333"
    assert rgb("#ff8A00") == (255, 138, 0)
    for wrong in ("red", "#FFF", "FF0000FF"):
        with pytest.raises(ValueError):
            rgb(wrong)


def test_pictures_handed_out_do_not_change():
    canvas = Canvas(20, 10)
    canvas.rect((0, 0, 5, 5), "#FF0000")
    first = canvas.image
    before = first.tobytes(), first.getpalette()
    canvas.rect((5, 0, 10, 5), "#00FF00")
    canvas.text((10, 5), "7", 8)
    second = canvas.image
    assert (first.tobytes(), first.getpalette()) == before
    assert second.getpixel((7, 2)) == 2 and second.getpixel((2, 2)) == first.getpixel((2, 2)) == 1


def test_sprites_keep_their_colours_on_canvases_with_other_palettes():
    dot = Canvas(2, 2, "#112233").sprite()
    for others in ([], ["#FF0000"], ["#FF0000", "#00FF00"], ["#112233"], []):
        canvas = Canvas(4, 4)
        for color in others:
            canvas.ink(color)
        canvas.paste(dot, (1, 1))
        assert canvas.image.convert("RGB").getpixel((2, 2)) == (0x11, 0x22, 0x33)
