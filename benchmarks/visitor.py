"""One browser tab without a browser: speaks with a portal over the websocket, as Streamlit's own pages do."""

import time
from contextlib import AbstractContextManager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class Failed(RuntimeError):
    """A page that could not be shown; the text says why."""


def rerun(page_hash: str, query: str, known: list[str], part: str = "") -> BackMsg:
    """What a browser sends to have a page, or a part of it, run."""
    asked = BackMsg()
    asked.rerun_script.fragment_id = part
    asked.rerun_script.is_auto_rerun = bool(part)
    asked.rerun_script.query_string = query
    asked.rerun_script.page_script_hash = page_hash
    asked.rerun_script.cached_message_hashes.extend(known)
    return asked


def is_end(heard: ForwardMsg, part: str = "") -> bool:
    """Whether that ends the run. Raises Failed where the page does not compile."""
    if heard.WhichOneof("type") != "script_finished":
        return False
    if heard.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
        raise Failed("it does not compile")
    return heard.script_finished == (
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY if part else ForwardMsg.FINISHED_SUCCESSFULLY
    )


def check(heard: ForwardMsg) -> None:
    """Raises Failed for a page that says that it could not be shown."""
    if heard.WhichOneof("type") != "delta" or heard.delta.WhichOneof("type") != "new_element":
        return
    element = heard.delta.new_element
    if element.WhichOneof("type") == "exception":
        raise Failed(element.exception.message)
    if element.WhichOneof("type") == "alert" and element.alert.title == "Something went wrong":
        raise Failed(element.alert.body)


class Visitor(AbstractContextManager):
    """A tab of its own, that is a session of its own at the server."""

    def __init__(self, address: str):
        socket = address.replace("http:", "ws:") + "/_stcore/stream"
        self.connection = connect(socket, origin=address, subprotocols=["streamlit"], max_size=None)
        self.pages: dict[str, str] = {}  # address of a page -> what the server calls it
        self.known: list[str] = []  # messages that need not be sent again, as a browser tells
        self.looks: list[str] = []  # the parts of the page that look for something new by themselves
        self.said: list[str] = []  # titles and headings of the last page
        self.received = 0  # bytes of the last answer
        self.ask("", "")  # the first answer holds the navigation

    def __exit__(self, *raised) -> None:
        self.connection.close()

    def ask(self, page: str, query: str, part: str = "") -> float:
        """Milliseconds until the script has ended. part: only that part of the page. Raises Failed."""
        self.looks = self.looks if part else []
        self.said, self.received = [], 0
        asked = rerun(self.pages.get(page, ""), query, self.known, part)
        asked.rerun_script.page_name = page
        begun = time.perf_counter()
        self.connection.send(asked.SerializeToString())
        while True:
            came = self.connection.recv(timeout=120)
            heard = ForwardMsg.FromString(came)
            self.received += len(came)
            if self._take(heard, part):
                return (time.perf_counter() - begun) * 1000

    def _take(self, heard: ForwardMsg, part: str) -> bool:
        """Whether it was the last of the run."""
        if heard.hash and heard.metadata.cacheable and heard.hash not in self.known:
            self.known.append(heard.hash)
        kind = heard.WhichOneof("type")
        if kind == "navigation":
            self.pages = {one.url_pathname: one.page_script_hash for one in heard.navigation.app_pages}
        elif kind == "auto_rerun":
            self.looks.append(heard.auto_rerun.fragment_id)
        elif kind == "delta":
            check(heard)
            if heard.delta.new_element.WhichOneof("type") == "heading":
                self.said.append(heard.delta.new_element.heading.body)
        return is_end(heard, part)
