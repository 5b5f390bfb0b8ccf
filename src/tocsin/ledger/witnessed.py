"""What witnesses said of this ledger: the checkpoint that they are shown, their lines under it, and how long ago enough of them spoke."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

import msgspec

from tocsin.kernel import Clock, Instant, Refused
from tocsin.ledger.checkpoints import WITNESSED, WITNESSED_HISTORY
from tocsin.ledger.durable import replace_text
from tocsin.ledger.ledger import Ledger
from tocsin.ledger.note import BadNote, Witness, cosigned_at, lines_of, read_witness, text_of

SHOWN_EVERY_US = 10_000_000
_HISTORY_EVERY_S = 60
_MOST_SHOWN = 64
_US = 1_000_000
_GAP = "\n\n\n"


class Witnesses(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who watches over this ledger: their verifier lines, how many of them are enough, and within how many seconds."""

    witnesses: tuple[str, ...] = ()
    needed: int = 1
    within_s: int = 300
    sample: bool = False


class Standing(msgspec.Struct, frozen=True):
    """How it stands with the witnesses: since when enough of them have not spoken (0: they have), and who is missing."""

    late_s: int
    missing: tuple[str, ...]


class Witnessed:
    """The public face of a ledger's checkpoints. Losing its files loses no entry; the next line of a witness brings them back."""

    def __init__(self, folder: Path, ledger: Ledger, table: Witnesses, clock: Clock) -> None:
        self._folder, self._ledger, self._table, self._clock = folder, ledger, table, clock
        self._known = {found.name: found for found in map(read_witness, table.witnesses)}
        self._lock = Lock()
        self._shown: OrderedDict[str, dict[str, str]] = OrderedDict()  # a checkpoint's text -> its lines by signer, the log's own first
        self._shown_at: Instant = -SHOWN_EVERY_US
        self._newest = ""
        path = folder / WITNESSED
        self._witnessed = path.read_text() if path.exists() else ""
        self._began, self._history_at = clock.now(), 0

    def newest(self) -> str:
        """The checkpoint that witnesses are to look at: made anew at most every ten seconds, so that all see the same."""
        with self._lock:
            now = self._clock.now()
            if not self._newest or abs(now - self._shown_at) >= SHOWN_EVERY_US:
                note = self._ledger.checkpoint(history=False)
                self._shown_at = now
                self._newest = text_of(note)
                self._shown.setdefault(self._newest, {"": lines_of(note)[0]})
                while len(self._shown) > _MOST_SHOWN:
                    self._shown.popitem(last=False)
            return self._whole(self._newest)

    def checkpoint(self) -> str:
        """The newest checkpoint that enough witnesses cosigned, with their lines; the newest of all where none is."""
        return self._witnessed or self.newest()

    def add(self, note: str) -> None:
        """Take in what witnesses say of a checkpoint that was shown to them; Refused where it is none, or no line is a known witness's."""
        try:
            text = text_of(note)
            said = {name: found for name, witness in self._known.items() if (found := cosigned_at(note, witness)) is not None}
        except BadNote as error:
            raise Refused("cosignature_wrong", f"That is no cosigned checkpoint: {error}.", "这不是有效的见证签名。", status=422) from error
        if not said:
            raise Refused("witness_unknown", "No line of it is a known witness's.", "没有已登记见证方的签名。", status=403)
        with self._lock:
            lines = self._shown.get(text)
            if lines is None:
                raise Refused("checkpoint_unknown", "That checkpoint was not shown, or is too old by now; fetch the newest.", "该检查点未曾公布或已过旧，请获取最新的。", status=409)
            for name in said:
                lines[name] = next(line for line in lines_of(note) if line.startswith(f"\u2014 {name} "))
            if len(lines) - 1 >= self._table.needed:
                self._keep(self._whole(text), max(said.values()))

    def standing(self) -> Standing | None:
        """Whether enough witnesses spoke within the time; None where none are named."""
        if not self._known:
            return None
        now_s = self._clock.now() // _US
        spoke = {name: self._spoke(witness) for name, witness in self._known.items()}
        missing = tuple(sorted(name for name, at_s in spoke.items() if now_s - at_s > self._table.within_s))
        on_time = len(spoke) - len(missing)
        since = max(sorted(spoke.values(), reverse=True)[self._table.needed - 1:self._table.needed] or [0], default=0) or self._began // _US
        late_s = max(0, now_s - since)
        return Standing(late_s if on_time < self._table.needed and late_s > self._table.within_s else 0, missing)

    def _spoke(self, witness: Witness) -> int:
        """The last second at which this witness cosigned anything that is still held."""
        held = [self._witnessed, *(self._whole(text) for text, lines in self._shown.items() if witness.name in lines)]
        return max((at for note in held if note and (at := cosigned_at(note, witness)) is not None), default=0)

    def _whole(self, text: str) -> str:
        return f"{text}\n{''.join(self._shown[text].values())}"

    def _keep(self, note: str, at_s: int) -> None:
        replace_text(self._folder / WITNESSED, note)
        self._witnessed = note
        if abs(at_s - self._history_at) >= _HISTORY_EVERY_S:
            self._history_at = at_s
            with (self._folder / WITNESSED_HISTORY).open("a") as file:
                file.write(note + _GAP)
