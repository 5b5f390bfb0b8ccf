"""What somebody's roles show for each purpose, and the rules of the policy that say so."""

from collections.abc import Callable, Iterable

import msgspec

from tocsin.kernel import Ask, Field, Sight, View, Words


class RuleSaid(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of the policy by its name, with its sentence."""

    rule: str
    says: Words


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """What one purpose shows to somebody; no fields: it shows nothing personal."""

    purpose: str
    says: Words
    fields: tuple[Field, ...]
    rules: tuple[RuleSaid, ...]


class RightsView(View, frozen=True, kw_only=True):
    """Every purpose, those that show something first."""

    rights: tuple[Right, ...]


def rights_reader(rights: Callable[[Iterable[str]], tuple[Right, ...]]) -> Callable[[Ask, Sight], RightsView]:
    """The answer to ReadRights under one policy."""

    def read_rights(ask: Ask, sight: Sight) -> RightsView:
        return RightsView(rights=rights(sight.roles))

    return read_rights
