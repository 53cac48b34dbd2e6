"""What is to be known of a page before it is run."""

from dataclasses import dataclass

from data.access import Action


@dataclass(frozen=True)
class PageSpec:
    """path: the URL, "" for the first page (it answers only there). file: below `pages/`. action: what one must be
    allowed somewhere to open the page at all; what one may do on it is asked again for each thing."""

    path: str
    file: str
    title: str
    icon: str
    section: str
    action: Action
    help: str
    visible: bool = True
