"""Holds the catalogue of documents and data against what lies here, and tries whether questions find their answers.

    python3 ci/documents.py                 on every pull request
    python3 ci/documents.py --overdue       also red when somebody has not looked at a document in time

The search is a plain one, by words (BM25 over the sections of all documents that are not restricted). What it does not
find, somebody new with an ordinary search box will hardly find either.

Ends with 0, with 1 and a sentence for each thing that is wrong, or with 2 when a list cannot be read.
"""

import argparse
import json
import math
import re
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

CATALOGUE, QUESTIONS = Path("docs/catalogue.json"), Path("docs/questions.json")
USES = ("open", "internal", "restricted")
BEST = 3  # an answer is found when its section is among so many
SHARE = 0.8  # of the questions, at least
TITLE = 3  # a word of the heading counts as so many


@dataclass(frozen=True)
class Section:
    """place: path#heading, as a link has it; path alone for what stands before the first heading below the title."""

    place: str
    words: Counter


def words(text: str) -> list[str]:
    """In small letters, an s at the end left out, so that parcel finds parcels."""
    return [word.removesuffix("s") if len(word) > 3 else word for word in re.findall(r"[^\W_]+", text.casefold())]


def slug(heading: str) -> str:
    """What a link to the heading ends with."""
    return re.sub(r"[^\w\- ]", "", heading.strip().casefold()).replace(" ", "-")


def sections(path: str, text: str) -> list[Section]:
    """Of a Markdown document. The title of the document counts for each of them."""
    found, fence = [["", [], 0]], False
    for line in text.splitlines():
        fence ^= bool(re.match(r"\s*(```|~~~)", line))
        heading = None if fence else re.match(r"(#{1,6})\s+(.+?)\s*#*$", line)
        if heading:
            found.append([heading[2], [], len(heading[1])])
        else:
            found[-1][1] += words(line)
    title = next((words(name) for name, _, level in found if level == 1), [])
    return [
        Section(path if level < 2 else f"{path}#{slug(name)}", Counter([*body, *(words(name) + title) * TITLE]))
        for name, body, level in found
        if name or body
    ]


def ranked(question: str, among: list[Section]) -> list[str]:
    """Places, best first: BM25 with k1 = 1.2 and b = 0.75."""
    average = sum(each.words.total() for each in among) / max(len(among), 1)

    def worth(section: Section) -> float:
        total = 0.0
        for word in set(words(question)):
            holding = sum(word in each.words for each in among)
            rare = math.log(1 + (len(among) - holding + 0.5) / (holding + 0.5))
            times = section.words[word]
            total += rare * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * section.words.total() / average))
        return total

    return [each.place for each in sorted(among, key=lambda each: (-worth(each), each.place)) if worth(each) > 0]


def read(path: Path, *lists: str) -> dict:
    """ValueError says what is wrong with it."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    for name in lists:
        rows = found.get(name) if isinstance(found, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{path} needs a list {name}.")
    return found


def lacking(row: dict, *fields: str) -> list[str]:
    return [field for field in fields if not isinstance(row.get(field), str) or not row[field].strip()]


def catalogue_problems(catalogue: dict, today: date, overdue: bool) -> list[str]:
    """What is wrong with the entries, a sentence each."""
    found = []
    for row in [*catalogue["documents"], *catalogue["data"]]:
        name = row.get("path") or row.get("name") or "An entry without a name"
        if missing := lacking(row, "owner", "says", "use"):
            found.append(f"{name}: it has no {', '.join(missing)}.")
        elif row["use"] not in USES:
            found.append(f"{name}: use is {row['use']}, and not one of {', '.join(USES)}.")
    for row in catalogue["data"]:
        if missing := lacking(row, "name", "where"):
            found.append(f"{row.get('name') or 'Data'}: it has no {', '.join(missing)}.")
    for row in catalogue["documents"]:
        if missing := lacking(row, "path", "looked_at"):
            found.append(f"{row.get('path') or 'A document'}: it has no {', '.join(missing)}.")
            continue
        if not Path(row["path"]).is_file():
            found.append(f"{row['path']}: it is in the catalogue, and not in the repository.")
        try:
            due = date.fromisoformat(row["looked_at"]) + timedelta(days=int(row["days"]))
        except (KeyError, TypeError, ValueError):
            found.append(f"{row['path']}: looked_at is a day such as 2026-11-02, and days a whole number.")
            continue
        if due < today:
            said = f"{row['path']}: {row.get('owner')} was to look at it by {due}."
            found += [said] if overdue else []
            print(f"overdue    {said}")
    return found


def link_problems(texts: dict[str, str]) -> list[str]:
    """Links between the documents that lead nowhere."""
    found = []
    for path, text in texts.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, heading = target.partition("#")
            there = Path(path).parent / file if file else Path(path)
            if not there.exists():
                found.append(f"{path}: the link to {target} leads nowhere.")
            elif heading and there.suffix == ".md":
                text_there = there.read_text(encoding="utf-8")
                if heading not in {
                    slug(each) for each in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text_there, re.MULTILINE)
                }:
                    found.append(f"{path}: {file or path} has no heading for #{heading}.")
    return found


def question_problems(questions: list[dict], among: list[Section]) -> list[str]:
    """What is wrong with them, and whether too few are found; prints a line for each question."""
    places, found, good = {each.place for each in among}, [], 0
    for row in questions:
        if missing := lacking(row, "ask", "in"):
            found.append(f"{row.get('ask') or 'A question'}: it has no {', '.join(missing)}.")
            continue
        if row["in"] not in places:
            found.append(f"{row['ask']} {row['in']} is no section of a document that may be searched.")
            continue
        order = ranked(row["ask"], among)
        place = order.index(row["in"]) + 1 if row["in"] in order else None
        hit = place is not None and place <= BEST
        good += hit
        first = "" if hit else f"; first comes {order[0]}" if order else "; nothing is found"
        print(f"{f'found {place}' if hit else 'MISSED ':<11}{row['ask']} ({row['in']}{first})")
    share = good / len(questions) if questions else 0
    print(f"{good} of {len(questions)} questions find their answer among the first {BEST}.")
    return found if share >= SHARE else [*found, f"{share:.0%} are found, and {SHARE:.0%} is the least."]


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    given.add_argument("--overdue", action="store_true")
    given.add_argument("--today", type=date.fromisoformat, default=date.today())
    asked = given.parse_args()
    try:
        catalogue = read(CATALOGUE, "documents", "data")
        questions = read(QUESTIONS, "questions")["questions"]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    wrong = catalogue_problems(catalogue, asked.today, asked.overdue)
    texts = {
        row["path"]: Path(row["path"]).read_text(encoding="utf-8", errors="replace")
        for row in catalogue["documents"]
        if not lacking(row, "path") and row["path"].endswith(".md") and Path(row["path"]).is_file()
    }
    wrong += link_problems(texts)
    closed = {row.get("path") for row in catalogue["documents"] if row.get("use") == "restricted"}
    among = [each for path, text in texts.items() if path not in closed for each in sections(path, text)]
    wrong += question_problems(questions, among)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
