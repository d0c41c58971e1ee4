"""What stands before Streamlit: who is asking, which requests reach Streamlit, and the pages for those kept out.

gate            the order of decisions: every request passes it
request_rules   which addresses there are and who may use them; Host, Origin, proxies
visitors        who is asking: cookies, and the rule for this machine
oidc            what the secrets say about the login with OIDC
links, login    how viewers and managers come in; guesses counts wrong passwords and passphrases
answers         how an asked organisation comes in, and the forms in which it tells of its own ties
public_pages    what strangers see; advice says what whoever installs it should configure
assets          the program files that browsers get, packed and kept
symbols         the icons that are shown, out of Streamlit's font; run by hand
shell, headers  the page that Streamlit's code draws in, and the strict headers of every answer
health          whether the data can be read, for whoever watches the server
logs            what goes wrong very often is said a few times
websocket       who may send which messages to Streamlit, and when the connection ends
"""

from hubdata.server.gate import Gate, check_streamlit
from hubdata.server.health import Health
from hubdata.server.shell import offer_chart, prepare

__all__ = ["Gate", "Health", "check_streamlit", "offer_chart", "prepare"]
