"""Pages without Streamlit: plain HTML with a script and a style of their own, for whoever has a link and no sign-in."""
