"""What a form sent, as long as it is no larger than a form of ours."""

from urllib.parse import parse_qs

from starlette.requests import Request

MOST_BODY = 16_384
MOST_FIELDS = 400


async def form_of(request: Request) -> dict[str, list[str]] | None:
    """Name -> values of what was typed and chosen; None when it is larger than any form of ours."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY:
            return None
    try:
        return parse_qs(body.decode(errors="replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
