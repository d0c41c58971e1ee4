"""What stands before Streamlit: who is asking, what of it Streamlit hears, and the pages for who is not let in.

gate            the order of decisions: every request passes it
request_rules   which addresses there are and who may use them; Host, Origin, proxies
visitors        who is asking: cookies, and the rule for this machine
oidc            what the secrets say about the login with OIDC
links, login    the ways in: of viewers, and of managers; guesses counts what was wrong
public_pages    what strangers see; advice says what whoever installs it should configure
shell, headers  the page that Streamlit's code draws in, and the strict headers of every answer
websocket       who may say what to Streamlit, and when it ends
"""

from hubdata.server.gate import Gate, check_streamlit

__all__ = ["Gate", "check_streamlit"]
