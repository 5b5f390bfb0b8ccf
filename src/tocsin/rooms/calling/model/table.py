"""A city's table of calling: by which means its people are called, in which order, how long each has, and what may be said outside."""

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

KINDS = ("push", "sms", "mail")
Says = Literal["", "kind", "kind+place"]
_HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """One means of calling, in the order of the table."""

    kind: Literal["push", "sms", "mail"]
    wait_s: int
    """For how long an acknowledgement is waited for, and trying goes on, before the next means is tried."""
    tries: int = 3
    retry_s: int = 5
    """After how long a failed sending is repeated; each further time after twice as long."""
    says: Says = ""
    """What may be said beside the unit: nothing, the kind of incident and its priority, or its street too."""


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """Web Push. `services` are the hosts to which something is ever sent; `*.` stands for any host below."""

    services: tuple[str, ...] = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "*.notify.windows.com")
    contact: str = ""
    """mailto: or https: address under which a push service finds the operator (RFC 8292, section 2.1)."""


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway for short messages that takes an HTTP POST. In `fields` and `headers` {number}, {text} and {key} are filled in."""

    url: str
    fields: dict[str, str]
    headers: dict[str, str] = {}
    form: bool = False
    """Whether the fields go as a form; else they are JSON."""
    key_file: str = ""
    """The file beside the table with the gateway's key."""
    key: str = ""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server."""

    host: str
    sender: str
    port: int = 587
    starttls: bool = True
    user: str = ""
    key_file: str = ""
    """The file beside the table with the password."""
    key: str = ""


class CallingTable(msgspec.Struct, frozen=True, kw_only=True):
    """By what people are called. An empty one calls nobody, and keeps nothing of it."""

    means: tuple[Means, ...] = ()
    late_s: int = 600
    """What could not be tried for so long, while the house stood still, is told as given up and sent to nobody."""
    at_once: int = 8
    """How many sendings of one means are under way at once."""
    push: Push = Push()
    sms: Sms | None = None
    mail: Mail | None = None
    sample: bool = False


NOBODY = CallingTable()


def faults(table: CallingTable) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound."""
    kinds: list[str] = [one.kind for one in table.means]
    found = [f"means: {kind} stands there twice" for kind in KINDS if kinds.count(kind) > 1]
    for one in table.means:
        if not (5 <= one.wait_s <= 3600 and 1 <= one.tries <= 10 and 1 <= one.retry_s <= 300):
            found.append(f"means {one.kind}: wait_s is 5 to 3600, tries 1 to 10, retry_s 1 to 300")
    found += [f"means {kind}: there is no [{kind}]" for kind in ("sms", "mail") if kind in kinds and getattr(table, kind) is None]
    found += ["late_s is 30 to 86400"] if not 30 <= table.late_s <= 86_400 else []
    found += ["at_once is 1 to 64"] if not 1 <= table.at_once <= 64 else []
    found += [f"push: {host} is no name of a host" for host in table.push.services if not _HOST.fullmatch(host)]
    if table.push.contact and urlsplit(table.push.contact).scheme not in ("mailto", "https"):
        found.append("push: contact begins with mailto: or https:")
    if table.sms is not None and (urlsplit(table.sms.url).scheme not in ("http", "https") or not urlsplit(table.sms.url).hostname):
        found.append("sms: url is http(s)://HOST/PATH")
    if table.sms is not None and not any("{text}" in text for text in table.sms.fields.values()):
        found.append("sms: no field has {text}")
    if table.mail is not None and table.mail.user and not table.mail.starttls:
        found.append("mail: a password goes over STARTTLS alone")
    return found
