"""What is kept of who came in: each sign-in and its end, invitations, roles, machine keys and posts; never a credential."""

from typing import Literal

from tocsin.kernel import Fact, Instant, fact

Way = Literal["passkey", "password", "password-and-code", "recovery", "oidc", "link"]
"""How somebody proved who they are."""


class SignInFact(Fact, frozen=True, kw_only=True):
    """A fact of coming in. The names in it are those of staff and partners, as in every envelope."""


@fact("access.signed-in")
class SignedIn(SignInFact, frozen=True, kw_only=True):
    """Somebody proved who they are and was about to be given a session."""

    session: str
    way: Way
    again: bool = False
    """Whether a session that stood already was proved anew."""

    def tags(self) -> tuple[str, ...]:
        return (f"session:{self.session}",)


@fact("access.sign-in-refused")
class SignInRefused(SignInFact, frozen=True, kw_only=True):
    """Sign-ins were refused, so many since an instant. One fact a minute at most, so that a flood cannot fill the ledger."""

    since: Instant
    count: int
    names: tuple[str, ...] = ()
    """Accounts that were tried, at most eight. A name that is nobody's is not kept: it may be a password in the wrong field."""


@fact("access.signed-out")
class SignedOut(SignInFact, frozen=True, kw_only=True):
    """Somebody ended the session that they sat in."""

    session: str

    def tags(self) -> tuple[str, ...]:
        return (f"session:{self.session}",)


@fact("access.session-revoked")
class SessionRevoked(SignInFact, frozen=True, kw_only=True):
    """A session was ended from elsewhere: by its own person, or by an administrator."""

    session: str
    person: str

    def tags(self) -> tuple[str, ...]:
        return (f"session:{self.session}",)


@fact("access.way-added")
class WayAdded(SignInFact, frozen=True, kw_only=True):
    """Somebody can sign in by one more way, or by a new one in the old one's place."""

    person: str
    way: Literal["passkey", "second"]
    label: str = ""


@fact("access.way-removed")
class WayRemoved(SignInFact, frozen=True, kw_only=True):
    """A passkey was taken away."""

    person: str
    label: str = ""


@fact("access.person-invited")
class PersonInvited(SignInFact, frozen=True, kw_only=True):
    """A one-time link was made for somebody: to join, or to set up anew how they sign in."""

    person: str
    until: Instant
    roles: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    agency: str = ""
    anew: bool = False


@fact("access.roles-given")
class RolesGiven(SignInFact, frozen=True, kw_only=True):
    """The roles that stand and the posts that may be taken, from now on; those not named are taken away."""

    person: str
    roles: tuple[str, ...]
    posts: tuple[str, ...] = ()
    agency: str = ""


@fact("access.access-ended")
class AccessEnded(SignInFact, frozen=True, kw_only=True):
    """Somebody was no longer let in."""

    person: str


@fact("access.own-details-given")
class OwnDetailsGiven(SignInFact, frozen=True, kw_only=True):
    """Somebody's own details were given or taken away, to find who looks at records of their own. Of which kinds is kept here, and nothing of them."""

    person: str
    kinds: tuple[str, ...]


@fact("access.ways-given")
class WaysGiven(SignInFact, frozen=True, kw_only=True):
    """Somebody's number or mail, for being called on duty, was given or taken away. Of which kinds is kept here, and nothing of them."""

    person: str
    kinds: tuple[str, ...]


@fact("access.key-given")
class KeyGiven(SignInFact, frozen=True, kw_only=True):
    """A machine was given a key: for which doors or roles, until when."""

    number: str
    name: str
    roles: tuple[str, ...]
    until: Instant
    doors: tuple[str, ...] = ()
    instead_of: str = ""
    """The key that it takes over from, which goes on for a short while."""

    def tags(self) -> tuple[str, ...]:
        return (f"key:{self.number}",)


@fact("access.key-revoked")
class KeyRevoked(SignInFact, frozen=True, kw_only=True):
    """A machine's key was ended before its day."""

    number: str

    def tags(self) -> tuple[str, ...]:
        return (f"key:{self.number}",)


@fact("access.post-taken")
class PostTaken(SignInFact, frozen=True, kw_only=True):
    """Somebody sat down at a post: its roles are theirs until an instant, or until they leave it or their session ends."""

    post: str
    roles: tuple[str, ...]
    until: Instant
    session: str

    def tags(self) -> tuple[str, ...]:
        return (f"session:{self.session}",)


@fact("access.post-left")
class PostLeft(SignInFact, frozen=True, kw_only=True):
    """Somebody left their post before its time."""

    post: str
    session: str

    def tags(self) -> tuple[str, ...]:
        return (f"session:{self.session}",)
