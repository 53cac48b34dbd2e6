"""A browser tab without a browser, of somebody with a cookie: what comes over the websocket for a deep link."""

import json
import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.sync.client import connect

from tests.provider import SECRET

USER = "_streamlit_user"


@dataclass
class Heard:
    """titles: the headings of the first level. pages: the hash of each page in the navigation. all: every byte."""

    titles: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    all: bytes = b""

    def names(self, *canaries: str) -> set[str]:
        return {each for each in canaries if each.encode() in self.all}


def cookies(key: str | None, address: str) -> str:
    """What the browser of somebody with that session sends."""
    token = generate_xsrf_token_string()
    sent = f"_streamlit_xsrf={token}"
    if key is None:
        return sent
    payload = json.dumps({"is_logged_in": True, "sign_in": key, "provider": "default", "origin": address})
    return f"{sent}; {USER}={create_signed_value(SECRET, USER, payload).decode()}"


class Tab:
    """A connection; with no page asked for yet."""

    def __init__(self, address: str, key: str | None):
        sent = cookies(key, address)
        token = sent.partition("=")[2].partition(";")[0]
        self.connection = connect(
            address.replace("http:", "ws:") + "/_stcore/stream", origin=address, subprotocols=["streamlit", token],
            additional_headers={"Cookie": sent}, max_size=None, compression=None,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, page: str, query: str = "", page_hash: str = "", wait: float = 60, **more) -> Heard:
        """Until the script has ended. more: of the message that asks, as fragment_id."""
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
        asked.rerun_script.page_script_hash = page_hash
        for name, value in more.items():
            if name == "pressed":
                for widget in value:
                    state = asked.rerun_script.widget_states.widgets.add()
                    state.id, state.trigger_value = widget, True
            else:
                setattr(asked.rerun_script, name, value)
        return self.say(asked, wait)

    def say(self, asked: BackMsg, wait: float = 60) -> Heard:
        self.connection.send(asked.SerializeToString())
        heard, until = Heard(), time.monotonic() + wait
        while True:
            said = self.connection.recv(timeout=max(0.01, until - time.monotonic()))
            heard.all += said
            message = ForwardMsg.FromString(said)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                heard.pages = {one.url_pathname: one.page_script_hash for one in message.navigation.app_pages}
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "heading":
                heading = message.delta.new_element.heading
                heard.titles += [heading.body] if heading.tag == "h1" else []
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return heard
