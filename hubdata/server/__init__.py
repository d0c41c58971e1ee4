"""What stands before Streamlit: who is asking, what of it Streamlit hears, and the pages for who is not let in.

Everybody else takes what they need from here.
"""

from hubdata.server.gate import LOOK_AGAIN_SECONDS, MESSAGES, MOST_BODY, ROUTES, UNKNOWN_LINKS, VIEWER_COOKIE, Gate

__all__ = ["LOOK_AGAIN_SECONDS", "MESSAGES", "MOST_BODY", "ROUTES", "UNKNOWN_LINKS", "VIEWER_COOKIE", "Gate"]
