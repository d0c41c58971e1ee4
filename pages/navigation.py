"""The script that is served: every request runs it first. It decides what is on show and which pages there are."""

import streamlit as st

from hubdata import ui

ui.begin()
st.set_page_config(page_title=ui.settings().name, page_icon=ui.ICON, layout="wide")

# The page is known only after st.navigation, which needs titles in the reader's language: the address comes first.
page = st.navigation(ui.pages(), expanded=True)
ui.read_address(page.url_path)
ui.sidebar()
ui.note_page()
ui.banner()
st.title(page.title)
page.run()
ui.finish()
