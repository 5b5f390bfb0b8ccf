"""Documents: a PDF that is whole and holds nothing active, and text that is text."""

import re
import zlib

from tocsin.kernel import Refused

_HEADER = re.compile(rb"%PDF-[12]\.\d")
_STREAM = re.compile(rb"(<<(?:[^<>]|<<[^<>]*>>|<[^<>]*>)*>>)\s*stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)(?![A-Za-z0-9])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MOST_INFLATED = 64 * 1024 * 1024
_MOST_TEXT = 1024 * 1024
_TAIL = 2048


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that is cut off, locked, or holds scripts, launches, forms that send, or other files.

    Objects stand in clear or in compressed object streams; both are looked through. What hides them in another way is refused,
    since nobody could say what is in it.
    """
    if not _HEADER.match(content) or b"%%EOF" not in content[-_TAIL:] or b"startxref" not in content[-_TAIL:]:
        raise Refused("file_broken", "This PDF is damaged or cut off; send it again.", "该 PDF 已损坏或不完整，请重新发送。", status=422)
    clear = _unescaped(_STREAM.sub(rb"\1", content))
    if b"/Encrypt" in clear:
        raise Refused("file_locked", "This PDF is locked with a password; send it unlocked.", "该 PDF 已加密，请解除密码后发送。", status=422)
    left = _MOST_INFLATED
    texts = [clear]
    for found in _STREAM.finditer(content):
        head = _unescaped(found[1])
        if b"/ObjStm" not in head:
            continue
        inflated = _inflated(head, found[2], left)
        left -= len(inflated)
        texts.append(_unescaped(inflated))
    if any(_ACTIVE.search(text) for text in texts):
        raise Refused("file_active", "This PDF holds a script, a form that sends, or another file inside; print it to a plain PDF and send that.",
                      "该 PDF 含脚本、可提交表单或内嵌文件；请打印为普通 PDF 后发送。", status=422)


def plain_text(content: bytes, *, or_none: bool = False) -> str:
    """UTF-8 text without control characters; with `or_none` an empty string says that it is none."""
    try:
        text = content.decode("utf-8-sig") if len(content) <= _MOST_TEXT else ""
    except UnicodeDecodeError:
        text = ""
    if text and not _CONTROL.search(text):
        return text
    assert or_none, "what was sniffed as text is text"
    return ""


def _inflated(head: bytes, body: bytes, left: int) -> bytes:
    """An object stream's objects; refused where they cannot be read with the plain filter, or would fill the memory."""
    plain = b"/Filter" not in head
    if plain:
        return body
    if b"/FlateDecode" in head and b"/DecodeParms" not in head:
        worker = zlib.decompressobj()
        try:
            text = worker.decompress(body, left + 1)
        except zlib.error:
            text = b""
        if text and len(text) <= left and not worker.unconsumed_tail:
            return text
    raise Refused("file_unreadable", "Parts of this PDF cannot be looked through; print it to a plain PDF and send that.",
                  "该 PDF 部分内容无法检查；请打印为普通 PDF 后发送。", status=422)


def _unescaped(text: bytes) -> bytes:
    """Names with their `#xx` escapes written out, so that /J#61vaScript is what it says."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
