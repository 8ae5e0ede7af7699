"""Both surfaces can be read: lines at 3:1, text at 4.5:1, on white and in the dark."""

import json
import re

import pytest

from dashboard.charts.domain_heat import STRONGEST
from dashboard.theme import BLOCS, DARK, LIGHT, RULES, TEXT_INKS, darken, fade

LINES = sorted({look.color for look in [*BLOCS.values(), *RULES.values()]})


def read_channels(color):
    if color.startswith("#"):
        return [int(color[i : i + 2], 16) for i in (1, 3, 5)], 1.0
    *channels, opacity = (float(part) for part in re.findall(r"[\d.]+", color))
    return channels, opacity


def lay_over(color, background):
    """Return what a colour with opacity looks like on a background."""
    (top, opacity), (ground, _) = read_channels(color), read_channels(background)
    return [a * opacity + b * (1 - opacity) for a, b in zip(top, ground, strict=True)]


def get_luminance(channels):
    shares = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2]


def get_contrast(color, ground):
    light, dark = sorted((get_luminance(color), get_luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_published_one():
    assert get_contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21)
    assert get_contrast(lay_over("#0072B2", LIGHT.background), [255, 255, 255]) == pytest.approx(5.19, abs=0.01)


@pytest.mark.parametrize("surface", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("color", LINES)
def test_lines_are_seen(color, surface):
    shown = darken(color) if surface is DARK else color
    assert get_contrast(*(lay_over(c, surface.background) for c in (shown, surface.background))) >= 3


@pytest.mark.parametrize("surface", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("color", [*(c for c in LINES if c != BLOCS["baseline"].color), LIGHT.ink, LIGHT.muted])
def test_text_is_read(color, surface):
    ink = TEXT_INKS.get(color, color)
    shown = darken(ink) if surface is DARK else ink
    assert get_contrast(*(lay_over(c, surface.background) for c in (shown, surface.background))) >= 4.5


@pytest.mark.parametrize("surface", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("bloc", ["domestic", "frontier"])
def test_a_number_is_read_on_the_strongest_cell(bloc, surface):
    cell = fade(BLOCS[bloc].color, STRONGEST)
    shown = darken(cell) if surface is DARK else cell
    ink = lay_over(surface.ink, surface.background)
    assert get_contrast(ink, lay_over(shown, surface.background)) >= 4.5


def test_nothing_of_the_light_surface_is_left_in_the_dark():
    colors = [*LINES, *TEXT_INKS.values(), *vars(LIGHT).values(), fade("#D55E00", 0.16)]
    darkened = darken(json.dumps([*colors, *(color.upper() for color in colors)])).lower()
    for color in colors:
        assert f'"{color.lower()}"' not in darkened
