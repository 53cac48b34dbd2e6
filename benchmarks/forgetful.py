"""A portal whose caches can be emptied from outside, for measuring first views; started by `benchmarks.serving`.

A browser may not do that, so it is told through a pipe: for each byte on standard input everything that pages keep is
thrown away, and then a byte is written to the file whose number is in MILEPOST_TOLD.
"""

import os
import sys
import threading

import streamlit as st
from streamlit.web import cli


def forget(told: int) -> None:
    while os.read(0, 1):
        st.cache_data.clear()
        st.cache_resource.clear()
        os.write(told, b".")


if __name__ == "__main__":
    threading.Thread(target=forget, args=(int(os.environ.pop("MILEPOST_TOLD")),), daemon=True).start()
    sys.argv = ["streamlit", *sys.argv[1:]]
    cli.main()
