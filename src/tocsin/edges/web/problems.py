"""Every no as one shape: application/problem+json with a stable code and a sentence in both languages."""

import logging
import re
import secrets
import traceback
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from tocsin.edges.web.requests import seen_of
from tocsin.kernel import Refused

LOG = logging.getLogger("tocsin.web")
MEDIA = "application/problem+json"
RETRY_AFTER_S = 1


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 with our own members: `code` to program against, the title in both languages, the field at fault."""

    type: str = "about:blank"
    status: int
    code: str
    title: str
    title_zh: str
    field: str | None = None


_BY_STATUS: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "The request could not be read.", "无法读取该请求。"),
    401: ("sign_in_first", "Sign in first.", "请先登录。"),
    403: ("not_allowed", "That is not allowed.", "不允许此操作。"),
    404: ("no_such_door", "There is no such address here.", "没有这个地址。"),
    405: ("wrong_verb", "This address does not take that verb.", "该地址不支持此方法。"),
    408: ("too_slow", "The request took too long to arrive.", "请求到达过慢。"),
    413: ("too_large", "The request is too large.", "请求过大。"),
    415: ("not_json_typed", "Send the request as application/json.", "请以 application/json 发送请求。"),
    416: ("no_such_range", "That range lies outside the file.", "所请求的范围超出文件。"),
    429: ("slow_down", "Too many attempts; wait a little.", "尝试过多，请稍候。"),
    503: ("overloaded", "Too much at once; try again in a moment.", "当前过于繁忙，请稍后再试。"),
}

_AT = re.compile(r" - at `\$\.?([^`]*)`$")
_NAMED = re.compile(r"(?:missing required|contains unknown) field `([^`]*)`")


def plain(status: int) -> Problem:
    """The problem of a status about which nothing more is known."""
    code, en, zh = _BY_STATUS.get(status, _BY_STATUS[400])
    return Problem(status=status, code=code, title=en, title_zh=zh)


def refusal(status: int, *, field: str | None = None) -> Refused:
    """The edge's own expected no, in the words of its status."""
    code, en, zh = _BY_STATUS[status]
    return Refused(code, en, zh, field=field, status=status)


def of_validation(fault: msgspec.ValidationError) -> Problem:
    """What is wrong with which field, from msgspec's sentence (`Expected … - at `$.place.lon``)."""
    sentence = str(fault)
    at = _AT.search(sentence)
    path = at[1] if at else ""
    what = sentence[: at.start()] if at else sentence
    named = _NAMED.search(what)
    field = ".".join(part for part in (path, named[1] if named else "") if part)[:200] or None
    return Problem(
        status=422, code="field_wrong", field=field,
        title=f"{field or 'The request'} is not as it should be: {what[:300]}.",
        title_zh=f"{field or '请求'} 不符合要求：{what[:300]}。",
    )


def of(fault: Exception) -> Problem:
    """The problem of any exception. One that nobody expected is logged under a code that the answer quotes, without its words."""
    match fault:
        case Refused():
            return Problem(status=fault.status, code=fault.code, title=fault.words.en, title_zh=fault.words.zh, field=fault.field)
        case msgspec.ValidationError():
            return of_validation(fault)
        case HTTPException() if fault.status_code < 500:
            return plain(fault.status_code)
    incident = secrets.token_hex(4)
    # The words of an exception may quote a body, so only its kind and the places it came through are written down.
    LOG.error("incident %s: %s\n%s", incident, type(fault).__name__, "".join(traceback.format_tb(fault.__traceback__)))
    return Problem(status=500, code="our_fault", title=f"A fault of ours; quote {incident}.",
                   title_zh=f"系统内部故障，请报告编号 {incident}。")


def headers(problem: Problem) -> dict[str, str]:
    """What goes with a problem besides its body."""
    return {"retry-after": str(RETRY_AFTER_S)} if problem.status in (429, 503, 507) else {}


def answer(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """Litestar's exception handler for everything."""
    problem = of(fault)
    seen_of(request.scope).code = problem.code
    extra = headers(problem)
    if isinstance(fault, HTTPException) and fault.headers:
        extra |= {name.lower(): value for name, value in fault.headers.items() if name.lower() == "allow"}
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA, headers=extra)
