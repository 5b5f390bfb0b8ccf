"""How large a request's head may be: its line, its headers and cookies, its question. Asked before anything else of it is looked at."""

from litestar.types import HTTPScope

from tocsin.kernel import Refused

MOST_TARGET = 8 * 1024
MOST_HEADERS, MOST_HEADERS_BYTES = 64, 16 * 1024
MOST_COOKIE = 8 * 1024
MOST_PARAMETERS, MOST_PARAMETER = 32, 4 * 1024
MOST_HEAD = MOST_TARGET + MOST_HEADERS_BYTES + 1024
"""What is held of a head that has not ended; the rest is the method, the version and the ends of lines."""


def bounded(scope: HTTPScope) -> None:
    """Refuse a head that is larger than any honest one, by 414, 431 or 400, each with its own code."""
    query, headers = scope["query_string"], list(scope["headers"])
    if len(scope["raw_path"]) + len(query) > MOST_TARGET:
        raise address_long()
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > MOST_HEADERS_BYTES:
        raise headers_large()
    if sum(len(value) for name, value in headers if name == b"cookie") > MOST_COOKIE:
        raise Refused("cookie_large", f"The cookies are larger than {MOST_COOKIE} bytes; delete this site's cookies and sign in again.",
                      f"Cookie 超过 {MOST_COOKIE} 字节，请清除本站 Cookie 后重新登录。", field="cookie", status=431)
    parameters = query.split(b"&") if query else []
    if len(parameters) > MOST_PARAMETERS or any(len(one) > MOST_PARAMETER for one in parameters):
        raise Refused("query_large", f"A question has at most {MOST_PARAMETERS} parts of {MOST_PARAMETER} bytes each.",
                      f"查询参数最多 {MOST_PARAMETERS} 个，每个最长 {MOST_PARAMETER} 字节。", status=400)


def address_long() -> Refused:
    """The line of the request is too long."""
    return Refused("address_long", f"The address is longer than {MOST_TARGET} bytes.", f"请求地址超过 {MOST_TARGET} 字节。", status=414)


def headers_large() -> Refused:
    """The headers are too many or too large."""
    return Refused("headers_large", f"A request has at most {MOST_HEADERS} headers of {MOST_HEADERS_BYTES} bytes together.",
                   f"请求头最多 {MOST_HEADERS} 个，合计最多 {MOST_HEADERS_BYTES} 字节。", status=431)
