"""A report as a page of its own: for the screen, light and dark, and for paper. It loads nothing, and nothing in it
runs."""

from collections.abc import Iterator
from html import escape

from data.reporting import document, words
from data.reporting.document import Block, Picture, Points, Report, Section, Text
from data.reporting.ink import COLOURS, DARK

WIDE = 800  # pixels of a picture: wider ones are printed on a page on its side


def page(report: Report, bar_html: str = "") -> str:
    """The whole page. bar_html: links above it that are not printed."""
    body = [f"<h1>{escape(report.title)}</h1>", f'<p class="about">{escape(words.about(report))}</p>']
    body.append(_list(report.summary, "summary"))
    body += [_section(each) for each in report.sections]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(report.title)} - Milepost</title>
<style>{_style(words.foot(report))}</style>
</head>
<body>
{bar_html}<main>
{"".join(body)}
</main>
<footer>{escape(words.foot(report))}</footer>
</body>
</html>
"""


def summary(report: Report) -> str:
    """What stands in an e-mail: the sentences, in HTML that every reader of mail shows."""
    lines = "".join(f'<li style="margin:0 0 6px">{escape(sentence)}</li>' for sentence in report.summary)
    return f'<ul style="padding-left:18px;margin:0 0 18px">{lines}</ul>'


def _section(section: Section) -> str:
    wide = any(isinstance(each, Picture) and _is_wide(each) for each in section.blocks)
    blocks = "".join("".join(_block(each)) for each in section.blocks)
    return f"<section{' class=side' if wide else ''}><h2>{escape(section.title)}</h2>{blocks}</section>\n"


def _is_wide(picture: Picture) -> bool:
    return float(picture.svg.split('width="', 1)[1].split('"', 1)[0]) > WIDE


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text():
            yield f"<p{' class=quiet' if block.quiet else ''}>{escape(block.text)}</p>"
        case Points():
            yield _list(block.items)
        case Picture():
            title = escape(block.title)
            caption = f"<p class=quiet>{escape(block.caption)}</p>" if block.caption else ""
            kind = "figure wide" if _is_wide(block) else "figure"
            yield (
                f'<figure class="{kind}"><figcaption>{title}</figcaption>'
                f'<div class=drawing role=group tabindex=0 aria-label="{title}">{block.svg}</div>{caption}'
                f"<details><summary>In words</summary><p>{escape(block.alt)}</p></details></figure>"
            )
        case document.Table():
            yield from _table(block)


def _table(block: document.Table) -> Iterator[str]:
    whole = sum(block.widths)
    yield f'<div class=rows role=group tabindex=0 aria-label="{escape(block.title)}"><table>'
    yield f"<caption>{escape(block.title)}</caption><colgroup>"
    yield "".join(f'<col style="width:{each / whole:.1%}">' for each in block.widths)
    head = "".join(f"<th scope=col>{escape(cell)}</th>" for cell in block.head)
    yield f"</colgroup><thead><tr>{head}</tr></thead>"
    open_ = False
    for number, row in enumerate(block.rows):
        if row[0] or not open_:
            yield f"{'</tbody>' if open_ else ''}<tbody>"
            open_ = True
        yield "<tr>"
        for place, cell in enumerate(row):
            strong = " class=strong" if (number, place) in block.strong else ""
            tag, scope = ("th", " scope=row") if place == 0 and cell else ("td", "")
            yield f'<{tag}{scope}{strong} data-name="{escape(block.head[place])}">{escape(cell)}</{tag}>'
        yield "</tr>"
    yield f"{'</tbody>' if open_ else ''}</table></div>"
    if block.note:
        yield f"<p class=quiet>{escape(block.note)}</p>"


def _list(items: tuple[str, ...], kind: str = "") -> str:
    lines = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul{f' class={kind}' if kind else ''}>{lines}</ul>"


def _colours(values: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())


def _style(foot: str) -> str:
    said = "".join(sign if sign.isalnum() or sign in " :,.·-" else " " for sign in foot)
    drawn = "".join(f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in COLOURS)
    return f""":root{{color-scheme:light dark;{_colours(COLOURS)}}}
@media screen and (prefers-color-scheme:dark){{:root{{{_colours(DARK)}}}}}
{drawn}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere;
font:1rem/1.5 "Source Sans 3","Source Sans",system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}}
main,footer,.bar{{max-width:54rem;margin:0 auto;padding:0 1rem}}
.bar{{display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;padding:.9rem 1rem}}
a{{color:var(--now)}}
h1{{font-size:1.8rem;line-height:1.2;margin:1rem 0 .3rem}}
h2{{font-size:1.3rem;line-height:1.25;margin:2.2rem 0 .5rem}}
.about,.quiet,footer,details{{color:var(--soft);font-size:.92rem}}
.summary{{background:var(--band);border-inline-start:4px solid var(--now);border-radius:6px;
padding:.9rem 1rem .9rem 2.1rem;margin:1.1rem 0}}
li{{margin:.25rem 0}}
figure{{margin:1.3rem 0}}
figcaption,caption{{font-weight:600;text-align:start;padding-bottom:.4rem}}
.drawing,.rows{{overflow-x:auto}}
.drawing svg{{display:block;max-width:100%;height:auto;min-width:34rem}}
.wide .drawing svg{{min-width:50rem;border-radius:6px}}
details summary{{cursor:pointer;min-height:1.6rem}}
table{{border-collapse:collapse;width:100%;min-width:44rem;font-size:.92rem;font-variant-numeric:tabular-nums}}
th,td{{text-align:start;vertical-align:top;padding:.32rem .7rem .32rem 0;font-weight:400}}
thead th{{font-weight:600;border-bottom:1.5px solid var(--ink)}}
tbody{{border-bottom:1px solid var(--line)}}
.strong{{font-weight:650}}
footer{{border-top:1px solid var(--line);margin-top:2.5rem;padding-top:.7rem;padding-bottom:2rem}}
:focus-visible{{outline:3px solid var(--now);outline-offset:2px;border-radius:4px}}
@page{{size:A4;margin:17mm 17mm 19mm;@bottom-left{{content:"{said}";font:8.5pt sans-serif;color:#4a5a57}}
@bottom-right{{content:"Page " counter(page) " of " counter(pages);font:8.5pt sans-serif;color:#4a5a57}}}}
@page side{{size:A4 landscape}}
@media print{{
body{{font-size:9.8pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}}
main{{max-width:none;padding:0}}
.bar,footer,details{{display:none}}
h1{{font-size:22pt;margin-top:0}}h2{{font-size:14.5pt;margin-top:18pt}}
h2,figcaption,caption{{break-after:avoid}}
figure,tbody,li{{break-inside:avoid}}
.side{{page:side}}
.drawing,.rows{{overflow:visible}}
.drawing svg,.wide .drawing svg{{min-width:0;width:100%}}
.side .drawing svg{{max-height:118mm}}
table{{font-size:8.6pt;min-width:0}}
thead{{display:table-header-group}}
.quiet,.about{{font-size:8.8pt}}
}}"""
