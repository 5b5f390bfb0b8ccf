"""What may be asked about rights: what one's roles show, for which purpose, and by which rule."""

from tocsin.kernel import Ask


class ReadRights(Ask, frozen=True, kw_only=True):
    """One's own rights: each purpose with the fields that it shows, and the rules that say so."""
