"""The table of standby as it goes out: what a desk needs to say a move, take it, or decline it."""

from tocsin.facts.calls import Place
from tocsin.kernel import View, Words
from tocsin.rooms.coverage.model import StandbyTable


class PostLine(View, frozen=True, kw_only=True):
    """A standby post; `skills` says whose units, empty: anybody's."""

    name: str
    place: Place
    skills: tuple[str, ...]


class StandbyView(View, frozen=True, kw_only=True):
    """The table: its policy, the posts, the most moves of a unit in twelve hours, and the reasons for declining by their codes."""

    sample: bool
    policy: str
    posts: tuple[PostLine, ...]
    most_moves: int
    reasons: dict[str, Words]


def standby_view(table: StandbyTable) -> StandbyView:
    """The table as it goes out."""
    posts = tuple(PostLine(name=post.name, place=Place(lon=post.lon, lat=post.lat, text=post.name, source="post"), skills=post.skills) for post in table.posts)
    return StandbyView(sample=table.sample, policy=table.policy, posts=posts, most_moves=table.most_moves, reasons=table.reasons)
