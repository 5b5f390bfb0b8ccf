"""The table of timers: what is watched, for how long by priority, and to whom it is raised; checked before it is used."""

from typing import Literal, get_args

import msgspec

from tocsin.kernel import Role, Words

CONDITIONS: dict[str, str] = {
    "pending": "incident", "unfilled": "incident", "not_acknowledged": "unit", "not_moving": "unit", "overdue": "unit",
    "at_scene_silent": "unit", "unanswered": "message"}
"""What can be watched, and what sort of thing it is watched on."""

Subject = Literal["incident", "unit", "message"]
_SECOND = 1_000_000
_LONGEST_S = 86_400


class Step(msgspec.Struct, frozen=True):
    """So long after it came due, a timer is raised to this role."""

    after_s: int
    to: str


class Rule(msgspec.Struct, frozen=True):
    """One rule: its names, the letter of its mark, what it watches, and after how many seconds by priority ("1" … "4").

    `factor` stretches a unit's own ETA where that is longer than `after_s`. After an acknowledgement the timer is due again
    in `again_s`; 0 ends it.
    """

    en: str
    zh: str
    letter: str
    condition: str
    after_s: dict[str, int]
    steps: tuple[Step, ...]
    again_s: int = 0
    factor: float = 0.0

    @property
    def says(self) -> Words:
        """Its name in both languages."""
        return Words(self.en, self.zh)

    def due_at(self, since: int, priority: int, eta_s: int = -1) -> int:
        """When a timer that began at `since` comes due, for an incident of this priority and a unit forecast in `eta_s`."""
        after_s = self.after_s.get(str(priority), _LONGEST_S)
        return since + max(after_s, round(eta_s * self.factor) if eta_s > 0 else 0) * _SECOND

    def step_at(self, due_at: int, step: int) -> int:
        """When the step after so many is due; 0 where there is none."""
        return due_at + self.steps[step].after_s * _SECOND if step < len(self.steps) else 0


class TimerTable(msgspec.Struct, frozen=True):
    """A city's timers. `version` is shown with them."""

    version: str
    rules: dict[str, Rule]
    sample: bool = False

    def watching(self, *conditions: str) -> list[tuple[str, Rule]]:
        """The rules that watch one of these conditions, in the order of the table."""
        return [(code, rule) for code, rule in self.rules.items() if rule.condition in conditions]


NO_TIMERS = TimerTable(version="none", rules={})


def faults(table: TimerTable) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound."""
    found, letters = [], set[str]()
    for code, rule in table.rules.items():
        if not code.isidentifier():
            found.append(f"rule {code}: its code is not one word")
        if rule.condition not in CONDITIONS:
            found.append(f"rule {code}: nothing is known of the condition {rule.condition}; there are {', '.join(CONDITIONS)}")
        if not rule.en or not rule.zh:
            found.append(f"rule {code}: it has no words in one of the languages")
        if len(rule.letter) != 1 or rule.letter in letters:
            found.append(f"rule {code}: its letter {rule.letter!r} is not one, or is another's")
        letters.add(rule.letter)
        found += [f"rule {code}: no time for priority {priority}" for priority in "1234" if priority not in rule.after_s]
        found += [f"rule {code}: {seconds} seconds at priority {priority}" for priority, seconds in rule.after_s.items()
                  if priority not in ("1", "2", "3", "4") or not 1 <= seconds <= _LONGEST_S]
        if [rule.after_s.get(priority, 0) for priority in "1234"] != sorted(rule.after_s.get(priority, 0) for priority in "1234"):
            found.append(f"rule {code}: a more pressing incident waits longer than a less pressing one")
        if not rule.steps or rule.steps[0].after_s != 0:
            found.append(f"rule {code}: its first step is not at once")
        waits = [step.after_s for step in rule.steps]
        if waits != sorted(set(waits)):
            found.append(f"rule {code}: its steps do not follow one another")
        found += [f"rule {code}: nobody has the role {step.to}" for step in rule.steps if step.to not in get_args(Role)]
        if not 0 <= rule.again_s <= _LONGEST_S or not 0 <= rule.factor <= 10:
            found.append(f"rule {code}: again_s {rule.again_s} or factor {rule.factor} is out of range")
    return found
