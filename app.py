"""The door for people. Streamlit executes this file to draw a page; a server imports it for `app`, pages and routes."""

import streamlit as st

if __name__ == "__main__":  # Streamlit's script runner, and AppTest
    from pages.ui import asked_once, shell, turns

    with turns.turn(), asked_once.run():
        shell.run()
else:  # `streamlit run app.py` finds the app by its name; so does any ASGI server
    from streamlit.runtime.pages_manager import PagesManager

    # Until the first navigation of a process, Streamlit would run files below pages/ directly, past this one and its
    # guard. Page files stand one level down and ask the guard themselves; this closes the third way.
    PagesManager.uses_pages_directory = False

    import server
    import signin

    shared = signin.settings()  # None in local mode
    app = st.App(
        __file__,
        secrets=signin.secrets(shared),
        routes=server.ROUTES,
        middleware=[*server.MIDDLEWARE, *signin.middleware(shared)],
        lifespan=server.lifespan,
        on_script_error=server.on_script_error,
    )
