"""What the Quick Check says, as HTML. All of it is made of our own content and of numbers that were checked."""

from collections.abc import Mapping, Sequence
from html import escape

from assessments.surveys.questionnaire import Item
from assessments.surveys.quick_check import Placed, Score, names

HEAD = """<header class="bar"><a class="home" href="/"><img src="/web/milepost.svg" alt="" width="28" height="28">
<span>Milepost</span></a></header>
<main>"""
PERCENT = "A whole number from 0 to 100. Leave it empty if you do not know."
LIMITS = """<section class="card"><h2>What this can say, and what not</h2>
<ul>
<li>These are estimates of one person, from memory. What is measured may lie a band or more away.
<li>The comparison is with the answers that people gave to DORA's survey in 2025 about the service they work on. They
chose to take part; they are no sample of all teams, and of no branch. The shares come from a transcription of the
report.
<li>A better band is no better product. Look at one service over time rather than at several side by side.
<li>The number is coarse: a change fail rate of 15 instead of 5 % moves it by 0.2, one band of lead time by 0.4. It says
nothing about why, or about what to do.
</ul></section>"""
MORE = """<section><h2>What a full assessment does otherwise</h2>
<p>Milepost measures these five from your repositories and deployments, with the evidence behind each number and an
interval around it, and says so where something is not known. And it asks the whole team instead of one person, about
what stands behind the numbers: {capabilities} capabilities described in what one would see, with how far people agree,
in a way that nobody can tell who answered what.</p>
<p class="buttons"><a class="button strong" href="/">Open Milepost</a></p></section>"""


def form(items: Sequence[Item], values: Mapping[str, float], problem: str = "") -> str:
    """The questions, with these answers given; problem: what is wrong with the address, without a full stop."""
    said = f'<p class="card notice" role="alert">{escape(problem[:1].upper() + problem[1:])}.</p>' if problem else ""
    questions = "".join(_question(number, item, values.get(item.metric)) for number, item in enumerate(items, start=1))
    return f"""{HEAD}<h1>Quick check</h1>
<p>{_count(len(items))} questions about how changes of one service reach its users. Think of the service you work on
most, and of the last three months. It takes two minutes, needs no sign-in, and keeps nothing: your answers stand in
the address of the result alone.</p>{said}
<form action="/quick-check" method="get">{questions}
<p class="buttons"><button class="strong">Show where this stands</button></p></form>
<section class="card"><h2>Done it at dora.dev already?</h2>
<p>Copy the address of your result there, and see the same here. Only the answers in the address are read.</p>
<form action="/quick-check" method="get"><label class="field"><b>Address of a Quick Check result</b>
<input type="text" name="url" maxlength="2000" required inputmode="url" autocomplete="off" spellcheck="false"
 placeholder="https://dora.dev/quickcheck/?leadtime=..."></label>
<p><button>Read the address</button></p></form></section>
</main>"""


def result(
    items: Sequence[Item],
    values: Mapping[str, float],
    found: Sequence[Placed],
    score: Score,
    means: Mapping[str, float],
    query: str,
    capabilities: int,
) -> str:
    """Where each answer stands, the number, and the limits of both. query: the answers as an address has them;
    capabilities: how many the full assessment asks about."""
    by_metric = {one.metric: one for one in found}
    cards = "".join(_card(item, values.get(item.metric), by_metric.get(item.metric)) for item in items)
    return f"""{HEAD}<h1>Where this stands</h1>
<p>The address of this page holds the answers: keep it, or send it to somebody.
<a href="/quick-check?edit=1&amp;{escape(query)}">Change the answers</a></p>
{cards}
<section class="card"><h2>The number of DORA's Quick Check</h2>{_number(items, score, means)}</section>
{LIMITS}{MORE.format(capabilities=capabilities)}
</main>"""


def _question(number: int, item: Item, value: float | None) -> str:
    name = names()[item.metric]
    head = f'<legend><span class="number">{number}</span>{escape(item.text)}</legend>'
    if not item.options:
        shown = "" if value is None else f"{value:.0f}"
        return f"""<fieldset class="question">{head}<div class="short"><input type="number" name="{name}"
 min="0" max="100" step="1" inputmode="numeric" value="{shown}" aria-label="{escape(item.text)}"
 aria-describedby="{name}-hint"><span>of 100 deployments</span></div>
<p class="quiet small" id="{name}-hint">{PERCENT}</p></fieldset>"""
    rows = "".join(_option(name, str(at + 1), option.text, value == at) for at, option in enumerate(item.options))
    none = f'<div class="beside">{_option(name, "-1", "I do not know", False)}</div>'
    return f'<fieldset class="question">{head}{rows}{none}</fieldset>'


def _option(name: str, value: str, text: str, chosen: bool) -> str:
    mark = " checked" if chosen else ""
    return (
        f'<label class="option"><input type="radio" name="{name}" value="{value}"{mark}>'
        f"<span>{escape(text)}</span></label>"
    )


def _card(item: Item, value: float | None, found: Placed | None) -> str:
    head = f"<h2>{escape(item.text)}</h2>"
    if value is None or found is None:
        return f'<section class="card">{head}<p>Not answered, so nothing can be said.</p></section>'
    said = item.options[int(value)].text if item.options else f"{value:.0f} of 100"
    labels = [option.text for option in item.options] or [_percent(label) for label in found.labels]
    rows = "".join(
        _row(label, share, at == found.at) for at, (label, share) in enumerate(zip(labels, found.shares, strict=False))
    )
    table = f'<table class="shares"><caption>What respondents said in 2025</caption>{rows}</table>' if rows else ""
    none = "" if rows else '<p class="quiet small">The distribution is not published, only the average.</p>'
    return f"""<section class="card">{head}<p>You said: <b>{escape(said)}</b></p><p>{escape(found.text)}</p>
{table}{none}</section>"""


def _row(label: str, share: float, here: bool) -> str:
    mark = ' class="here"' if here else ""
    you = ' <b class="you">your answer</b>' if here else ""
    bar = f'<svg viewBox="0 0 50 8" preserveAspectRatio="none"><rect width="{share}" height="8"/></svg>'
    drawn = f'<td class="drawn" aria-hidden="true">{bar}</td>'
    return f'<tr{mark}><th scope="row">{escape(label)}{you}</th>{drawn}<td>{share:.0f} %</td></tr>'


def _percent(label: str) -> str:
    """A band of the change fail rate as people write it: 4 to 8 %, over 64 %."""
    return f"over {label[1:-1]} %" if label.startswith(">") else f"{label[:-1].replace('-', ' to ')} %"


def _number(items: Sequence[Item], score: Score, means: Mapping[str, float]) -> str:
    missing = len([item for item in items if item.metric not in score.metrics])
    overall = "not known" if score.overall is None else f"{score.overall:.1f} of 10"
    rows = [
        f"<li><b>{label}</b>{'not known' if value is None else f'{value:.1f} of 10'}"
        f' <span class="quiet small">2025 average {means[key]:.1f}</span></li>'
        for label, key, value in (
            ("Throughput", "throughput", score.throughput),
            ("Stability", "stability", score.stability),
        )
    ]
    why = f"<p>{_count(missing)} of the answers {'is' if missing == 1 else 'are'} missing, and a missing answer is not "
    why += "counted as good or bad.</p>"
    return f"""<p>For comparison with results from dora.dev. 10 is best; each is a plain average of its answers.</p>
<ul class="facts"><li><b>Overall</b>{overall}</li>{"".join(rows)}</ul>{why if missing else ""}"""


def _count(number: int) -> str:
    return ("No", "One", "Two", "Three", "Four", "Five", "Six")[number]
