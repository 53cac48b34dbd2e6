"""How the pictures of those who lead are set: HTML with a few classes, so that fifty teams cost one element, reflow on
a phone, follow the theme by themselves and can be read aloud. Whatever is put into it is escaped by who puts it."""

from base64 import b64encode
from functools import lru_cache
from pathlib import Path

import streamlit as st

from pages.ui.charts import GREY, ORANGE, TEAL

_HATCH = "repeating-linear-gradient(45deg,color-mix(in srgb,currentColor 34%,transparent) 0 1px,transparent 1px 5px)"
_TALL = 20  # rows of a table
_STRENGTH = (10, 22, 40, 58, 76)  # of the colour of each level, percent


@lru_cache
def _style() -> str:
    """The classes of lead.css with the colours of the other figures."""
    colours = f":root{{--mp-teal:{TEAL};--mp-orange:{ORANGE};--mp-grey:{GREY}}}"
    hatch = "".join(f"{name}{{background-image:{_HATCH}}}" for name in (".mp-hatch", ".mp-is-none"))
    levels = "".join(f".mp-l{level}{{background-color:{shade(part)}}}" for level, part in enumerate(_STRENGTH))
    written = Path(__file__).with_name("lead.css").read_text(encoding="utf-8")
    return f"<style>{colours}{written}{hatch}{levels}</style>"


def show(body: str) -> None:
    """Draws HTML of ours with the classes above."""
    st.html(_style() + body)


def shade(part: int) -> str:
    """The colour of what there is much of, so strong on the page of either theme: percent."""
    return f"color-mix(in srgb,{TEAL} {part}%,transparent)"


def picture(svg: str, alt: str) -> str:
    """An SVG as a picture: nothing in it runs or loads anything. alt: escaped already."""
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'


def region(body: str, label: str, rows: int) -> str:
    """What is wider than a phone moves sideways inside its frame, also by keyboard; of many rows the head stays."""
    tall = " mp-tall" if rows > _TALL else ""
    return f'<div class="mp-scroll{tall}" tabindex="0" role="region" aria-label="{label}">{body}</div>'


def paper() -> str:
    """The colour of the page, behind what stays while a table is moved sideways."""
    return f'style="background:{"#0A0F0E" if st.context.theme.type == "dark" else "#FFFFFF"}"'
