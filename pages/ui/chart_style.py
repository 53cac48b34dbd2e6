"""The house style of figures as plain values: colours, the frame, the axes."""

TEAL, ORANGE, BLUE, GREY = "#17907D", "#D9730D", "#3B82F6", "#75827F"
VIOLET, PINK, BROWN = "#8B5CF6", "#DB4F8F", "#A9701A"
RIBBON = "rgba(23, 144, 125, 0.2)"
GRID = "rgba(117, 130, 127, 0.25)"
ACROSS = {"automargin": True, "gridcolor": GRID, "showgrid": False, "fixedrange": True}
UPWARDS = {"automargin": True, "gridcolor": GRID, "zeroline": False, "fixedrange": True}


def frame(height: int) -> dict:
    """The layout of a figure of that height, in pixels."""
    return {
        "height": height, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False, "hovermode": "x unified",
        "colorway": [TEAL, ORANGE, BLUE, VIOLET, PINK, BROWN, GREY], "dragmode": False,
    }  # fmt: skip


def mondays(weeks: int) -> dict:
    """Of an axis of so many weeks: ticks at Mondays, few enough for a phone."""
    apart = max(1, -(-weeks // 6)) * 7 * 86_400_000  # milliseconds
    ticks = {"tick0": "2024-01-01", "dtick": apart, "tickangle": 0}
    return {**ticks, "tickformat": "%-d %b<br>%Y", "hoverformat": "%-d %b %Y"}
