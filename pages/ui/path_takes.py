"""What each track takes: reading, trying out, and how hard it is."""

from html import escape

import streamlit as st

from data.learning.paths import Column, Matrix
from pages.ui import lead_style
from pages.ui.learn_words import minutes


def section(found: Matrix) -> None:
    written = [one for one in found.columns if one.is_written]
    st.header("What each track takes", anchor=False)
    st.text("Reading, and trying out in your own repository, which most of the time goes into.")
    most = max((one.reading + one.doing for one in written), default=1)
    lead_style.show(f'<div class="mp-takes">{"".join(_one(one, most) for one in found.columns)}</div>')


def _one(one: Column, most: int) -> str:
    title = f'<b><a href="track?track={escape(one.slug)}">{escape(one.title)}</a></b>'
    level = escape(one.level.capitalize())
    if not one.is_written:
        return f'<div>{title}<span></span><span class="mp-quiet">{level}, not written yet</span></div>'
    parts = ((one.reading, "mp-is-better"), (one.doing, "mp-is-same"))
    bars = "".join(f'<span class="{kind}" style="width:{100 * part / most:.1f}%"></span>' for part, kind in parts)
    told = f"{minutes(one.reading)} reading, {minutes(one.doing)} trying out"
    hard = escape(", ".join(one.difficulties))
    return (
        f'<div>{title}<div class="mp-bar" role="img" aria-label="{told}">{bars}</div>'
        f'<span class="mp-quiet">{level}, {one.hours:g} h: {told}; {hard}</span></div>'
    )
