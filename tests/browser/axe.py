"""What axe-core says of a page, by the rules of WCAG 2.2 up to level AA, and what else a browser notices of it."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests.need import need

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
#: A page of the portal moves inside its main part, others as a whole.
BEYOND = """() => {
    const box = document.querySelector('[data-testid=stMain]') || document.scrollingElement;
    return box.scrollWidth - box.clientWidth;
}"""
_LISTEN = """
window.refused = [];
addEventListener('securitypolicyviolation', said =>
    refused.push(`${said.violatedDirective} ${said.blockedURI} in ${said.sourceFile}`));
"""


@dataclass(frozen=True)
class Excuse:
    """Something that we cannot mend. rule: one of axe. where: a selector; what is at or below it is excused."""

    rule: str
    where: str
    reason: str


EXCUSES = (
    Excuse("list", "ul[data-testid=stSidebarNavItems]", "Streamlit puts the sections of the menu into its list"),
    Excuse(
        "listitem", "ul[data-testid=stSidebarNavItems]", "and the pages of a section are not in a list of their own"
    ),
    Excuse(
        "scrollable-region-focusable",
        "[data-testid=stTable], [data-testid=stHorizontalBlock]",
        "Streamlit gives a wide table no place in the order of Tab; browsers but Safari do so by themselves",
    ),
)
#: The reader of Streamlit's messages asks whether WebAssembly may run, and does without it.
PROBED = "script-src wasm-eval in {address}/static/js/protobuf."


@cache
def _program() -> str:
    return (Path(need("npm tools")) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


class Watched:
    """A page of a browser of which everything is noted that it complains about."""

    def __init__(self, page: Page, address: str):
        self.page, self.address = page, address
        self.excused: set[Excuse | str] = set()
        self._said: list[str] = []
        page.add_init_script(_LISTEN)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._said.append(str(error)))

    def _hear(self, message) -> None:
        """On a deep link Streamlit asks for its own addresses below the page's first, is told that they are not there,
        and asks at the right place."""
        looked_for = message.location.get("url", "").rpartition("/_stcore/")[2] in ("health", "host-config")
        if message.type == "error" and not (looked_for and "404" in message.text):
            self._said.append(message.text)

    def faults(self) -> list[str]:
        """What is wrong with what it shows now, and what it has complained about since this was last asked."""
        found = [f"console: {each}" for each in self._said]
        self._said.clear()
        probed = PROBED.format(address=self.address)
        for each in self.page.evaluate("() => refused.splice(0)"):
            if each.startswith(probed):
                self.excused.add(PROBED)
            else:
                found.append(f"policy: {each}")
        beyond = self.page.evaluate(BEYOND)
        if beyond > 1:
            found.append(f"{beyond} pixels wider than the window")
        return found + self._axe()

    def _axe(self) -> list[str]:
        self.page.evaluate(f"() => {{ if (!window.axe) {{ {_program()} }} }}")  # not a script tag: the policy holds
        told = self.page.evaluate(_RUN, {"tags": TAGS, "excuses": [[each.rule, each.where] for each in EXCUSES]})
        self.excused.update(EXCUSES[number] for number in told["excused"])
        return [f"{each['rule']}: {json.dumps(each['where'])} {each['says']}" for each in told["found"]]


_RUN = """async ({tags, excuses}) => {
    const told = await axe.run(document, {
        runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], elementRef: true,
    });
    const found = [], excused = new Set();
    for (const violation of told.violations) {
        for (const node of violation.nodes) {
            const number = excuses.findIndex(([rule, where]) => rule === violation.id && node.element.closest(where));
            if (number >= 0) excused.add(number);
            else found.push({rule: violation.id, where: node.target, says: node.failureSummary.split('\\n')[1].trim()});
        }
    }
    return {found, excused: [...excused]};
}"""
