"""Links that ask: `/a/TOKEN` lets in an organisation that was asked, `/a/own` are the forms in which it answers.

Plain forms without a script: they work on every phone and with a keyboard, and nobody who fills them in ever reaches
Streamlit or a question about the data. Every step is saved when it is sent, and answered by a redirect, so that going
back or sending twice does no harm. What cannot be saved as it was sent stands in the same step again, as it was typed:
it is kept nowhere here, and stands in no address. A mistake is told at the top, with a link to each field that it is
about, and beside that field, which has the focus. Going back and another language are buttons of the form: they save as
any other. Ties come first: who stops half-way has then told what nobody else knows.

What was typed waits for that step in a cookie of a few minutes, which is read once: the answer to a form is always a
redirect, so that a browser can go back to every page.
"""

import asyncio
import contextlib
import datetime
import hmac
import re
import secrets
from typing import Any

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from hubdata import access, answering, asking, audit, models, sharing, store, texts
from hubdata.access import Principal
from hubdata.answering import Answer, Form, OwnSide
from hubdata.cells import fold
from hubdata.server.cookies import ASKED_COOKIE, ASKED_PATH, set_cookie, signer
from hubdata.server.forms import form_of
from hubdata.server.guesses import SAVES, UNKNOWN_LINKS, Guesses
from hubdata.server.public_pages import PublicPages
from hubdata.server.request_rules import here, language, network
from hubdata.server.visitors import Visitors
from hubdata.settings import Settings
from hubdata.texts import N_, Text

OWN = "/a/own"
NOTICES = {
    "fte": N_(
        "For jobs enter a number only, a million at most, without words and without a thousands separator: 12, 12.5 or "
        "1200. What was there before has been kept. Everything else on this page has been saved."
    ),
    "ended": N_("When did it end? Choose the month, or “I do not know”. Everything else on this page has been saved."),
    "half": N_(
        "For one or more partners you chose a last contact or how closely you work together, but not whether you still "
        "do. Choose that below. Everything else on this page has been saved."
    ),
    "open": N_(
        "For one or more partners you did not say whether you still work together. Choose it below, or press “Continue "
        "and leave this open”. Everything else on this page has been saved."
    ),
    "changed": N_(
        "What we know about your partners changed while you were answering. One or more answers on that page were left "
        "out: please look at the list again."
    ),
    "nobody": N_("Choose or type the name of an organisation below."),
    "near": N_("We know a name that looks like this one. Choose below which one you mean."),
    "name_long": N_("A name can have at most 120 characters. Please write it shorter."),
    "personal_data": N_(
        "That looks like an e-mail address or a telephone number. Please write the name of an organisation."
    ),
    "itself": N_("That is your own organisation. Please choose another one."),
    "known": N_("That partner is in your list already. Go back to “Your partners” and answer there."),
    "intensity": N_("How closely do you work together? Choose it below to add this partner."),
    "many": N_("You can add at most twenty partners, and you have added those."),
    "several": N_("One organisation at a time, please. You can add the others after this one."),
    "again": N_(
        "That form belonged to another visit, so it was not saved. This page is of {organisation}: please fill it in "
        "again. Did you answer for another organisation? Then open the link from its mail first."
    ),
}
"""What somebody should know after sending a step, by its code."""
NOT_KNOWN = N_("I do not know")
PARTNER_FIELDS = ("name", "since", "intensity", "meant")
MOST_OF_A_NUMBER = 40
"""So much of what is typed for a number is taken and shown again; digits enough for any, and room for words."""
NAMES = {
    "fte": N_("Jobs (full-time equivalents)"),
    "name": N_("Name of an organisation you work with"),
    "meant": N_("Do you mean one of these?"),
    "intensity": N_("How closely do you work together?"),
}
"""What the fields are called that a notice may be about."""
FIELDS = {
    "fte": "fte",
    "intensity": "intensity",
    "near": "meant",
    **dict.fromkeys(["nobody", "several", "name_long", "personal_data", "itself", "known", "many"], "name"),
}
"""The field that a notice is about, where what was not saved is shown again; see `_wrong` for those about ties."""
BESIDE = {
    "fte": N_("Enter a number only, a million at most: 12, 12.5 or 1200."),
    "intensity": N_("Choose how closely you work together."),
    "near": N_("Choose which one you mean."),
    "ended": N_("Choose the month in which it ended, or “I do not know”."),
    "half": N_("Do you still work together? Choose it here."),
    "open": N_("Do you still work together? Choose it here."),
}
"""What stands beside a field, where that is not the notice itself."""
OF_TIES = {"ended", "half", "open"}
"""These are about ties, and are told as long as they hold of one on the page."""
SHOWN_AGAIN = {*FIELDS, "half"}
"""After these a step is shown again with what was typed; for the others what was saved is enough."""
ABOUT_THE_WHOLE = {"gone", "changed", "again"}
"""These are not about a field, so whoever goes back without what is not right should know them all the same."""
TOLD = "told"
"""Stands in a form that told of a mistake, so that another language tells of it as well, and of no other."""
TYPED_COOKIE = "hub_typed"
"""What was typed and what is wrong with it, until the step is shown again; sent to that step only."""
TYPED_SECONDS = 300
MOST_TYPED = 3800
"""Of a cookie a browser takes 4,096 characters. No form of ours needs so many: then only what is wrong is told."""
FORMS = ("ties", "partners", "events", "profile", "ratings")
"""The steps that are forms."""
COUNTED = FORMS[:-1]
"""Those that everybody gets: how many of the others there are changes with what is answered."""


class Answers:
    """The way in of asked organisations, and their forms."""

    def __init__(self, visitors: Visitors, guesses: Guesses, pages: PublicPages) -> None:
        self.home, self.settings = visitors.home, visitors.settings
        self._guesses, self._pages = guesses, pages

    async def answer(self, request: Request, principal: Principal) -> Response:
        """The answer to any address under `/a/`."""
        path = request.scope["path"]
        if path != OWN and not path.startswith(f"{OWN}/"):
            return await self._come_in(request, principal, path.removeprefix(ASKED_PATH))
        try:
            if request.method == "POST":
                return await self._save(request, principal)
            return await asyncio.to_thread(self._page, request, principal)
        except (answering.Closed, access.NotAllowed):
            return self._pages.form(request, "closed", 403)
        except (store.StoreProblem, OSError):
            return self._pages.form(request, "unavailable", 503)

    async def _come_in(self, request: Request, principal: Principal, token: str) -> Response:
        """Unknown, expired and revoked links look the same. Who opens a link again goes on with the same visit."""
        comes_from = network(request)
        if not self._guesses.may_go_on(UNKNOWN_LINKS, "link", comes_from):
            return self._pages.wait(request)
        # Only a page that somebody opens may change who they are: no picture, frame or script of another site.
        is_page = request.headers.get("sec-fetch-dest", "document") == "document"
        try:
            ask = asking.by_token(self.home, token) if is_page else None
        except (store.StoreProblem, OSError):
            return self._pages.form(request, "dead", 404)
        if ask is None:
            self._guesses.count(UNKNOWN_LINKS, "link", comes_from)
            audit.note(self.home, f"stranger {comes_from}", "unknown link")
            return self._pages.form(request, "dead", 404)
        await asyncio.to_thread(asking.note_opened, self.home, ask.id)
        audit.note(self.home, "asked", "opened", link=ask.id)
        answer = RedirectResponse(here(request, self.settings, OWN), 303)
        # Longer than the link works: who sends a step too late is told so, instead of being a stranger.
        left = int((ask.expires_at - asking.now() + datetime.timedelta(days=7)).total_seconds())
        is_here_already = (principal.kind, principal.who) == ("asked", ask.id)
        visitor = principal.visitor if is_here_already else secrets.token_hex(8)
        value = signer(self.home, "asked").dumps([ask.id, visitor, ask.proof])
        set_cookie(answer, self.settings, ASKED_COOKIE, value, left, path=ASKED_PATH)
        return answer

    # --- forms --------------------------------------------------------------------------------------------------------

    def _page(self, request: Request, principal: Principal) -> Response:
        """A step; after a mistake with what is wrong, and with what was typed in the place of what is known."""
        ask = access.own_ask(access.authorise(self.home, principal), "own_side")
        side = answering.own_side(self.home, self.settings, ask)
        if side is None:
            return self._pages.form(request, "gone", 404)
        answer = answering.answer_of(self.home, ask)
        step, page = _step(request)
        steps = _steps(side, answer)
        if request.scope["path"] not in steps:
            return RedirectResponse(here(request, self.settings, OWN), 303)
        number = steps.index(request.scope["path"])
        said_in = language(request, self.settings)
        waiting, typed = self._typed(request, principal)
        given = getattr(self, f"_{step}")(side, answer, said_in, page, typed)
        if given.get("known_on"):
            given["known_at"] = here(request, self.settings, f"{OWN}/ties/{given['known_on']}")
        lacks = {tie["lacks"] for tie in given.get("ties", ()) if "lacks" in tie}
        codes = [
            code
            for code in [*waiting, *request.query_params.getlist("notice")]
            if (code in lacks if code in OF_TIES else code in waiting if code in FIELDS else code in NOTICES)
        ]
        common: dict[str, Any] = {
            "organisation": side.name,
            "until": texts.date(ask.last_day, said_in),
            "notices": [
                Text(NOTICES[code], {"organisation": side.name}).translate(said_in) for code in dict.fromkeys(codes)
            ],
            "wrong": _wrong(codes, given, said_in, step),
            "step": number,
            "step_count": sum(_step_of(path)[0] in COUNTED for path in steps),
            "is_form": step in FORMS,
            "address": here(request, self.settings, steps[number]),
            "back": here(request, self.settings, steps[number - 1]) if number else "",
            "seal": self._seal(principal),
            "tie_count": len(side.ties),
        }
        if step in ("start", "done"):
            overview = _overview(side, answer, steps)
            still_open = [one["path"] for one in overview if one["is_open"] and answer]
            # Nobody skips what was never shown: the profile comes last of what everybody is asked.
            unsaid = [one["path"] for one in overview if one["is_unsaid"] and answer]
            given["first"] = here(request, self.settings, ((unsaid or still_open) if still_open else steps[1:])[0])
            given["overview"] = overview
            for place in (place for one in overview for place in (one, *one["pages"])):
                place["address"] = here(request, self.settings, place["path"])
        answered = self._pages.form(request, step, **common | given)
        if TYPED_COOKIE in request.cookies:
            answered.delete_cookie(TYPED_COOKIE, path=request.scope["path"])
        return answered

    def _typed(self, request: Request, principal: Principal) -> tuple[list[str], Form | None]:
        """What is wrong with a step that was sent a moment ago, and what was typed; nothing and None without any."""
        with contextlib.suppress(BadSignature, ValueError, TypeError):
            sealed = signer(self.home, "typed").loads(request.cookies.get(TYPED_COOKIE, ""), max_age=TYPED_SECONDS)
            seal, path, codes, typed = sealed
            if (seal, path) == (self._seal(principal), request.scope["path"]):
                return codes, typed
        return [], None

    def _shown_again(self, request: Request, principal: Principal, codes: list[str], form: Form) -> Response:
        """The way to the same step, with what was typed and what is wrong with it."""
        path = request.scope["path"]
        typed = {name: values for name, values in form.items() if name not in ("seal", answering.LANGUAGE)}
        sealed = signer(self.home, "typed").dumps([self._seal(principal), path, codes, typed])
        if len(sealed) > MOST_TYPED:
            sealed = signer(self.home, "typed").dumps([self._seal(principal), path, codes, {}])
        answered = RedirectResponse(here(request, self.settings, path), 303)
        set_cookie(answered, self.settings, TYPED_COOKIE, sealed, TYPED_SECONDS, path=path)
        return answered

    def _start(
        self, side: OwnSide, answer: Answer | None, said_in: str, page: int, typed: Form | None
    ) -> dict[str, Any]:
        finished = texts.date(answer.finished_at.date(), said_in) if answer and answer.finished_at else ""
        given = {
            "is_begun": answer is not None,
            "finished": finished,
        }
        minutes = {"minutes": side.minutes, "more_minutes": side.more_minutes}
        return given | {"received": _received(side, said_in), **minutes}

    def _profile(
        self, side: OwnSide, answer: Answer | None, said_in: str, page: int, typed: Form | None
    ) -> dict[str, Any]:
        said = (answer and answer.profile) or side.profile

        def offered(codes: Any) -> list[tuple[str, str]]:
            return [(code, self.settings.label(code, said_in)) for code in codes]

        rounded = "" if said.fte is None else f"{said.fte:.2f}".rstrip("0").rstrip(".")
        fte = rounded.replace(".", "," if said_in == "nl" else ".")
        lists = {"themes": offered(side.themes), "needs": offered(side.needs), "offers": offered(side.needs)}
        return {
            "said": said,
            "fte": fte if typed is None else _first(typed, "fte", MOST_OF_A_NUMBER),
            "most_fte": MOST_OF_A_NUMBER,
            "sectors": offered(self.settings.sectors),
            "lists": lists,
        }

    def _ties(
        self, side: OwnSide, answer: Answer | None, said_in: str, page: int, typed: Form | None
    ) -> dict[str, Any]:
        said = answer.ties if answer else {}
        ten_years, intensities = _months(side.today, said_in, 10 * 12), dict(_intensities(said_in))
        three_years = ten_years[: answering.MONTHS_BACK]
        ties = []
        for tie in side.ties_on(page):
            known = said.get(tie.organisation_id)
            is_typed = typed is not None and (known is None or f"says-{tie.key}" in typed)
            sent = typed if typed is not None and is_typed else answering.as_sent(tie, known)
            since = max(tie.started_on, tie.last_sign_on or tie.started_on)
            chosen = {name: _first(sent, f"{name}-{tie.key}", 40) for name in ("says", "ended", "contact", "intensity")}
            own: dict[str, Any] = {
                "key": tie.key,
                "name": tie.name,
                "since": _month_in_words(f"{tie.started_on:%Y-%m}", said_in),
                "last": _month_in_words(f"{tie.last_sign_on:%Y-%m}", said_in) if tie.last_sign_on else "",
                **chosen,
                "known_intensity": intensities[tie.intensity],
                "is_closer": chosen["intensity"] not in ("", tie.intensity),
                "lacks": answering.lacks_of_tie(sent, tie) or ("" if chosen["says"] else "open"),
                "contact_months": [month for month in three_years if month[0] >= f"{since:%Y-%m}"],
                "ended_months": [
                    (answering.MONTH_UNKNOWN, Text(NOT_KNOWN).translate(said_in)),
                    *(month for month in ten_years if month[0] >= f"{tie.started_on:%Y-%m}"),
                ],
            }
            ties.append(own)
        return {
            "ties": ties,
            "open_count": sum(not tie["says"] for tie in ties),
            "page": page,
            "page_count": side.tie_pages,
            "intensities": list(intensities.items()),
        }

    def _ratings(
        self, side: OwnSide, answer: Answer | None, said_in: str, page: int, typed: Form | None
    ) -> dict[str, Any]:
        to_rate, most = side.to_rate(answer), answering.RATED_PER_PAGE
        said = answer.ratings if answer else {}
        ties = [
            {
                "key": tie.key,
                "name": tie.name,
                "scores": said[tie.organisation_id].scores if tie.organisation_id in said else {},
            }
            for tie in answering.on_page(to_rate, page, most)
        ]
        return {
            "ties": ties,
            "first_open": next((tie["key"] for tie in ties if not tie["scores"]), ""),
            "partner_count": len(to_rate),
            "rated": sum(tie.organisation_id in said for tie in to_rate),
            "page": page,
            "page_count": -(-len(to_rate) // most),
        }

    def _partners(
        self, side: OwnSide, answer: Answer | None, said_in: str, page: int, typed: Form | None
    ) -> dict[str, Any]:
        words = dict(_intensities(said_in))
        added = [
            {
                "name": partner.name,
                "is_new": not partner.organisation_id,
                "since": _month_in_words(partner.since, said_in) if partner.since else "",
                "intensity": words[partner.intensity],
            }
            for partner in (answer.partners if answer else ())
        ]
        return {
            "added": added,
            "names": [name for name in side.names if name not in {tie.name for tie in side.ties}],
            "months": [*_months(side.today, said_in, 10 * 12), *_years_before(side.today)],
            "intensities": _intensities(said_in),
            "most": answering.MOST_OF_A_NAME,
            "typed": {name: _first(typed or {}, name, answering.MOST_OF_A_NAME) for name in PARTNER_FIELDS},
            "meant": answering.meant(side, _first(typed, "name", answering.MOST_OF_A_NAME)) if typed else [],
            "known_on": _page_of_tie(side, typed or {}),
            "not_listed": answering.NOT_LISTED,
        }

    def _events(
        self, side: OwnSide, answer: Answer | None, said_in: str, page: int, typed: Form | None
    ) -> dict[str, Any]:
        ticked = set(answer.events if answer else ())
        events = [
            (event.key, event.name, texts.date(event.day, said_in), event.event_id in ticked) for event in side.events
        ]
        return {"events": events}

    def _done(
        self, side: OwnSide, answer: Answer | None, said_in: str, page: int, typed: Form | None
    ) -> dict[str, Any]:
        answered = sum(tie.organisation_id in answer.ties for tie in side.ties) if answer else 0
        return {"answered": answered, "received": _received(side, said_in)}

    def _seal(self, principal: Principal) -> str:
        """Stands in every form, so that no form of another page or visit is taken for ours."""
        key = f"answer/{principal.who}/{principal.visitor}"
        return hmac.new(sharing.secret(self.home), key.encode(), "sha256").hexdigest()

    async def _save(self, request: Request, principal: Principal) -> Response:
        """Save a step, and go on to the next; or back to this one when there is something to know."""
        if not self._guesses.may_go_on(SAVES, "answer", principal.who):
            return self._pages.wait(request)
        self._guesses.count(SAVES, "answer", principal.who)
        form = await form_of(request)
        if form is None:
            return PlainTextResponse("Too large", 413)
        request = _in_chosen_language(request, self.settings, form)
        notices = ["again"]
        if hmac.compare_digest((form.get("seal") or [""])[0].encode(), self._seal(principal).encode()):
            notices = await asyncio.to_thread(self._saved, request, principal, form)
        if "gone" in notices:
            return RedirectResponse(here(request, self.settings, OWN), 303)
        is_shown_again = bool(SHOWN_AGAIN.intersection(notices)) or ("remove" in form and bool(_first(form, "name", 1)))
        is_for_language = answering.LANGUAGE in form and TOLD not in form
        if answering.goes_without(form) or is_for_language:
            is_shown_again = is_shown_again and is_for_language
            notices = [notice for notice in notices if notice in ABOUT_THE_WHOLE]
        if is_shown_again:
            return self._shown_again(request, principal, notices, form)
        return RedirectResponse(await asyncio.to_thread(self._next, request, principal, form, notices), 303)

    def _saved(self, request: Request, principal: Principal, form: dict[str, list[str]]) -> list[str]:
        """Save a step; the codes of what its sender should know."""
        action = f"save_{_step(request)[0]}"
        ask = access.own_ask(access.authorise(self.home, principal), action)
        notices: list[str] = getattr(answering, action)(self.home, self.settings, ask, form)
        audit.note(self.home, "asked", "answer saved", link=ask.id, detail=_step(request)[0])
        return notices

    def _next(self, request: Request, principal: Principal, form: dict[str, list[str]], notices: list[str]) -> str:
        """Where to go after a step was saved.

        Who comes to the end, or to what need not be answered, has finished, and may still change everything.
        """
        path = request.scope["path"]
        ask = access.own_ask(access.authorise(self.home, principal), "finish")
        side = answering.own_side(self.home, self.settings, ask)
        steps = _steps(side, answering.answer_of(self.home, ask)) if side else [OWN]
        is_back = "back" in form
        is_another = path == f"{OWN}/partners" and answering.adds_more(form)
        stays = bool(notices) or is_another or answering.LANGUAGE in form
        position = steps.index(path) if path in steps else 0
        is_skipped = "skip" in form and path.startswith(f"{OWN}/ratings/")
        following = -1 if is_skipped else min(position + 1, len(steps) - 1)
        target = steps[position if stays else max(position - 1, 0) if is_back else following]
        if target in (f"{OWN}/ratings/1", f"{OWN}/done") and not stays and not is_back:
            answering.finish(self.home, ask)
            audit.note(self.home, "asked", "answer finished", link=ask.id)
        address = here(request, self.settings, target)
        for notice in notices:
            address += f"{'&' if '?' in address else '?'}notice={notice}"
        return address


def _step(request: Request) -> tuple[str, int]:
    """Which form is asked for, and which page of it."""
    return _step_of(request.scope["path"])


def _step_of(path: str) -> tuple[str, int]:
    found = re.fullmatch(rf"{OWN}(?:/([a-z]+)(?:/(\d+))?)?", path)
    return (found[1] or "start", int(found[2] or 0)) if found else ("start", 0)


def _in_chosen_language(request: Request, settings: Settings, form: dict[str, list[str]]) -> Request:
    """A request, as if it had come in the language that its form was sent for; of one that we lack nothing is left."""
    chosen = "".join(form.get(answering.LANGUAGE, [])[:1])
    if chosen not in settings.languages:
        form.pop(answering.LANGUAGE, None)
        return request
    return Request({**request.scope, "query_string": f"lang={chosen}".encode()}, request.receive)


def _steps(side: OwnSide, answer: Answer | None) -> list[str]:
    """The addresses of all steps, in their order."""
    rated = -(-len(side.to_rate(answer)) // answering.RATED_PER_PAGE)
    ties = [f"{OWN}/ties/{page}" for page in range(1, side.tie_pages + 1)]
    ratings = [f"{OWN}/ratings/{page}" for page in range(1, rated + 1)]
    events = [f"{OWN}/events"] if side.events else []
    return [OWN, *ties, f"{OWN}/partners", *events, f"{OWN}/profile", *ratings, f"{OWN}/done"]


def _overview(side: OwnSide, answer: Answer | None, steps: list[str]) -> list[dict[str, Any]]:
    """What was answered in every step: of how many how much, whether something that was asked is still open, and its
    pages. Its address is that of the first page where there is something to say, else of its first page."""
    rated = side.to_rate(answer)
    overview: dict[str, dict[str, Any]] = {}
    for path in steps[1:-1]:
        step, page = _step_of(path)
        count, of, is_half = 0, 0, False
        if step == "ties":
            ties = side.ties_on(page)
            answers = [answer and answer.ties.get(tie.organisation_id) for tie in ties]
            count, of = sum(said is not None for said in answers), len(ties)
            is_half = any(said and said.lacks_month for said in answers)
        elif step == "ratings":
            ties = answering.on_page(rated, page, answering.RATED_PER_PAGE)
            count, of = sum(tie.organisation_id in answer.ratings for tie in ties) if answer else 0, len(ties)
        elif step == "profile":
            count, of = int(answer is not None and answer.profile is not None), 1
        elif answer:
            count = len(answer.partners if step == "partners" else answer.events)
        is_open = is_half or (step in ("ties", "profile") and count < of)
        whole = overview.setdefault(step, {"step": step, "count": 0, "of": 0, "pages": []})
        whole["count"] += count
        whole["of"] += of
        whole["pages"].append({"path": path, "page": page, "is_open": is_open, "is_unsaid": is_open or count < of})
    for whole in overview.values():
        whole["is_open"] = any(page["is_open"] for page in whole["pages"])
        whole["is_unsaid"] = whole["is_open"] or (
            whole["step"] in ("partners", "events") and not whole["count"] and not (answer and answer.profile)
        )
        whole["open_pages"] = [page["page"] for page in whole["pages"] if page["is_open"]]
        whole["path"] = next((page["path"] for page in whole["pages"] if page["is_unsaid"]), whole["pages"][0]["path"])
    return list(overview.values())


def _page_of_tie(side: OwnSide, typed: Form) -> int:
    """On which page of the ties the partner stands whose name was typed or meant; 0 when on none."""
    typed_names = {fold(_first(typed, field, answering.MOST_OF_A_NAME)) for field in ("name", "meant")}
    pages = range(1, side.tie_pages + 1)
    return next((page for page in pages for tie in side.ties_on(page) if fold(tie.name) in typed_names), 0)


def _first(form: Form, name: str, most: int) -> str:
    """What was sent first by a name, cut at what our own fields take; "" when nothing was."""
    return "".join(form.get(name, [])[:1])[:most]


def _wrong(codes: list[str], given: dict[str, Any], said_in: str, step: str) -> dict[str, dict[str, str]]:
    """The fields of a step that are not right yet, in their order: id -> what it is called, what stands beside it."""

    def told(name: str, code: str) -> dict[str, str]:
        return {"name": name, "says": Text(BESIDE.get(code, NOTICES[code])).translate(said_in)}

    if step == "ties":
        at = {"ended": "ended", "half": "says", "open": "says"}
        return {
            f"{at[tie['lacks']]}-{tie['key']}": told(tie["name"], tie["lacks"])
            for tie in given["ties"]
            if tie["lacks"] in codes
        }
    of_step = {"profile": {"fte"}, "partners": {"name", "meant", "intensity"}}.get(step, set())
    return {
        FIELDS[code]: told(Text(NAMES[FIELDS[code]]).translate(said_in), code)
        for code in codes
        if FIELDS.get(code) in of_step
    }


def _received(side: OwnSide, said_in: str) -> dict[str, str]:
    """What others say of the organisation on average, in words; "" where too few answered, empty when not asked."""
    if side.received is None:
        return {}
    scores = {name: side.received[name] for name in ("trust", "value")}
    return {name: "" if score is None else texts.number(score, said_in, 1) for name, score in scores.items()}


def _months(day: datetime.date, said_in: str, count: int) -> list[tuple[str, str]]:
    return [(month, _month_in_words(month, said_in)) for month in answering.months(day, count)]


def _years_before(day: datetime.date) -> list[tuple[str, str]]:
    """The forty years before those of which every month is offered; roughly is fine."""
    return [(str(year), str(year)) for year in range(day.year - 10, day.year - 50, -1)]


def _month_in_words(month: str, said_in: str) -> str:
    """A month such as "2026-05" in words; a year stays one."""
    return month if len(month) == 4 else texts.month(datetime.datetime.strptime(month, "%Y-%m").date(), said_in)


def _intensities(said_in: str) -> list[tuple[str, str]]:
    return [(code, words[said_in]) for code, words in models.VOCABULARIES["intensity"].items()]
