import itertools

import pytest

from gameqa.draw import (
    Canvas,
    back,
    ball,
    cached_sprite,
    card,
    disc,
    draw_suit,
    encode,
    figure,
    place,
    sprite,
)
from gameqa.draw.cards import RANKS, SUITS


def shown(*sprites, paper="#FFFFFF"):
    canvas = Canvas(200, 200, paper)
    for made in sprites:
        canvas.paste(made, (10, 10))
    return canvas.image.convert("RGB")


def test_a_cached_sprite_looks_like_a_fresh_one():
    first = encode(shown(ball(40, "#FF0000")))
    ball(40, "#00FF00"), disc(40, "#FF0000"), ball(41, "#FF0000")
    assert ball(40, "#FF0000") is ball(40, "#FF0000")
    fresh = ball.__wrapped__(40, "#FF0000")
    assert fresh is not ball(40, "#FF0000")
    assert encode(shown(fresh)) == encode(shown(ball(40, "#FF0000"))) == first


def test_a_sprite_keeps_its_flat_colours_and_few_others():
    made = disc(60, "#D62222", "#000000", 3, "#D3D3D3")
    assert made.colors[0] == (0xD6, 0x22, 0x22) and (0, 0, 0) in made.colors
    assert len(made.colors) <= 16
    assert shown(made, paper="#D3D3D3").getpixel((40, 40)) == (0xD6, 0x22, 0x22)


def test_pixels_outside_a_sprite_stay():
    for paper in ("#FFFFFF", None):
        made = sprite(40, lambda pen, s: pen.ellipse((0, 0, 40 * s - 1, 40 * s - 1), "#FF0000"), paper)
        picture = shown(made, paper="#123456")
        assert picture.getpixel((10, 10)) == (0x12, 0x34, 0x56)
        assert picture.getpixel((30, 30)) == (255, 0, 0)
        assert picture.getpixel((30, 10)) != (0x12, 0x34, 0x56)


def test_a_ring_shows_what_is_inside_it():
    assert shown(disc(40, None, "#C0C0C0", 3), paper="#123456").getpixel((30, 30)) == (0x12, 0x34, 0x56)


def test_hard_edges_bring_no_colours_of_their_own():
    made = sprite(40, lambda pen, s: pen.ellipse((0, 0, 40 * s - 1, 40 * s - 1), "#FF0000"))
    assert made.colors == ((255, 0, 0),)


def test_paste_by_the_middle_and_crop():
    @cached_sprite
    def block():
        return sprite((20, 10), lambda pen, s: pen.rectangle((0, 0, 20 * s, 10 * s), "#000000"))

    canvas = Canvas(100, 100)
    canvas.paste(block(), (50, 50), "mm")
    assert canvas.image.getbbox() == (40, 45, 60, 55)
    part = Canvas(100, 100)
    part.paste(block().crop((0, 0, 20, 4)), (0, 0))
    assert part.image.getbbox() == (0, 0, 20, 4)


def test_chess_figures_differ_and_stay_in_their_square():
    kinds = ("king", "queen", "rook", "bishop", "knight", "pawn")
    pictures = [shown(figure(kind, 48), paper="#B08B62") for kind in kinds]
    for a, b in itertools.combinations(pictures, 2):
        different = sum(x != y for x, y in zip(a.tobytes(), b.tobytes(), strict=True))
        assert different > 100
    king = figure("king", 48)
    left, top, right, bottom = king.mask.getbbox()
    assert (top, bottom) == (0, 48) and abs(left + right - 48) <= 1


CARDS = [(rank, suit) for suit in SUITS for rank in RANKS]


def test_all_cards_differ_within_their_strip():
    strips = {shown(card(rank, suit, 72, 96)).crop((12, 12, 80, 34)).tobytes() for rank, suit in CARDS}
    assert len(strips) == 52


@pytest.mark.parametrize("suit", SUITS)
def test_hearts_and_diamonds_are_red_and_the_others_black(suit):
    for rank in RANKS:
        strip = shown(card(rank, suit, 72, 96)).crop((12, 12, 80, 34))
        colors = {color for _, color in strip.getcolors()}
        assert ((0xD0, 0, 0) in colors) == (suit in "HD")
        assert ((0, 0, 0) in colors) == (suit in "SC")


def test_a_deck_shares_few_colours():
    canvas = Canvas(100, 120, "#2F4F4F")
    for rank, suit in CARDS:
        canvas.paste(card(rank, suit, 72, 96), (0, 0))
    assert len(canvas.colors) <= 16


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("suit", SUITS)
def test_rank_and_suit_do_not_touch(rank, suit):
    strip = shown(card(rank, suit, 72, 96)).crop((12, 12, 72, 34)).convert("L")
    filled = [min(strip.crop((x, 0, x + 1, 22)).tobytes()) < 220 for x in range(strip.width)]
    runs = [len(list(run)) for on, run in itertools.groupby(filled) if on]
    gaps = [len(list(run)) for on, run in itertools.groupby(filled) if not on][1:-1]
    assert len(runs) in (2, 3 if rank == "10" else 2)
    assert gaps[-1] >= 2 and runs[-1] >= 11


@pytest.mark.parametrize("suit", SUITS)
def test_a_suit_fills_the_height_of_its_box(suit):
    canvas = Canvas(60, 60)
    draw_suit(canvas, suit, (10, 10, 50, 50), "#000000", "#FFFFFF")
    left, top, right, bottom = canvas.image.convert("L").point([255] * 128 + [0] * 128).getbbox()
    assert abs(top - 10) <= 2 and abs(bottom - 50) <= 2
    assert abs(left + right - 60) <= 1


def test_letters_and_signs_name_the_same_suit():
    assert encode(shown(card("10", "♥", 72, 96))) == encode(shown(card("10", "H", 72, 96)))
    with pytest.raises(KeyError):
        card("10", "X", 72, 96)


def test_places_and_backs():
    looks = {encode(shown(place(72, 96, suit=suit))) for suit in (None, *SUITS)}
    assert len(looks) == 5
    assert back(72, 96).width == 72
    assert len(back(72, 96).colors) <= 8


def test_corners_of_a_card_leave_the_ground_visible():
    picture = shown(card("A", "S", 72, 96), paper="#2F4F4F")
    assert picture.getpixel((10, 10)) == (0x2F, 0x4F, 0x4F)
    assert picture.getpixel((10, 50)) == (0, 0, 0)
    assert picture.getpixel((12, 90)) == (255, 255, 255)
