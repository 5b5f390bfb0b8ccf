"""Posts: seats on the floor, each with the roles that it switches on and the most hours that somebody sits there."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.kernel import Role

_NEVER = ("admin", "auditor", "partner", "device", "neighbour")


class Post(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One seat."""

    code: Annotated[str, Meta(pattern="^[a-z0-9_-]{1,40}$")]
    en: Annotated[str, Meta(min_length=1, max_length=80)]
    zh: Annotated[str, Meta(min_length=1, max_length=80)]
    roles: Annotated[tuple[Role, ...], Meta(min_length=1, max_length=6)]
    hours: Annotated[float, Meta(gt=0, le=24)] = 12


class PostTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table of posts, as its file has it."""

    posts: Annotated[tuple[Post, ...], Meta(max_length=200)] = ()

    def find(self, code: str) -> Post | None:
        """The post of a code."""
        return next((post for post in self.posts if post.code == code), None)


def faults(table: PostTable) -> Sequence[str]:
    """What is wrong with a table. Who administers or audits does so standing, not by a seat."""
    codes = [post.code for post in table.posts]
    return [*(f"the post {code} stands twice" for code in dict.fromkeys(codes) if codes.count(code) > 1),
            *(f"the post {post.code} may not switch on {role}" for post in table.posts for role in post.roles if role in _NEVER)]
