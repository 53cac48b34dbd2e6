"""A badge as a picture."""

import html

_NARROW, _WIDE = "fijlrtI.,:;|!'()[] 1", "mwMW%@ABCDEGHKNOQRSUVXYZ"  # of a sans serif of 11 pixels


def picture(name: str, label: str, says: str) -> str:
    """The SVG: the label in light letters on dark, what it says in dark letters on light, both well above the contrast
    that WCAG asks for, with a border that also shows in black and white."""
    left, right = _width(label) + 14, _width(says) + 14
    said = html.escape("".join(letter for letter in f"{name}: {label} {says}" if letter.isprintable()))
    label, says = (html.escape(each) for each in (label, says))
    font = "font-family='Verdana,DejaVu Sans,sans-serif' font-size='11'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{left + right}' height='22' role='img' aria-label='{said}'>"
        f"<title>{said}</title>"
        f"<rect x='.5' y='.5' width='{left + right - 1}' height='21' rx='4' fill='#fff' stroke='#24312f'/>"
        f"<path d='M4.5.5H{left}v21H4.5a4 4 0 0 1-4-4v-13a4 4 0 0 1 4-4z' fill='#24312f'/>"
        f"<text x='7' y='15' fill='#fff' textLength='{left - 14}' {font}>{label}</text>"
        f"<text x='{left + 7}' y='15' fill='#16201e' textLength='{right - 14}' {font}>{says}</text>"
        "</svg>"
    )


def _width(text: str) -> int:
    """About how many pixels it takes; the picture then makes it exactly that."""
    return round(sum(4.4 if letter in _NARROW else 8.6 if letter in _WIDE else 6.7 for letter in text))
