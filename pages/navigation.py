"""The script that is served: every request runs it first. It decides what is on show and which pages there are."""

from hubdata import ui
from hubdata.ui.chapters.take_along import take_along


def at_the_end_of_the_toolbar() -> None:
    ui.pin_button()
    take_along()


ui.begin()
# The page is known only after the menu, which needs titles in the reader's language: `begin` settles that.
page = ui.navigate()
ui.read_address(page.url_path)
ui.toolbar(at_the_end_of_the_toolbar)
ui.note_page()
ui.tabs()
ui.banner()
if not ui.story_bar():
    page.run()
ui.finish()
