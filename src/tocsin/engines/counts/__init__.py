"""Tables of counts made fit to be given out: small cells left out, and enough beside them that no sum gives one back."""

from tocsin.engines.counts.suppression import LARGEST, Table, suppressed

__all__ = ["LARGEST", "Table", "suppressed"]
