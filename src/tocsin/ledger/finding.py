"""What an audit finds: one thing that is not as it was, and the first of each kind."""

import msgspec

MAX_FINDINGS = 50


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it was: a stable code, the position where that is known (else 0), and a sentence."""

    code: str
    position: int
    sentence: str


class Findings(list[Finding]):
    """The first findings of each kind; a file that is wholly wrong need not be listed line by line."""

    def note(self, code: str, position: int, sentence: str) -> None:
        """Add one, unless there are many of its kind."""
        if sum(finding.code == code for finding in self) < MAX_FINDINGS:
            self.append(Finding(code, position, sentence))
