"""How much one site may ask of its floor, so that a key that was taken, or a program gone wild, is felt at that site and nowhere else."""

from collections import Counter, deque
from threading import Lock
from time import perf_counter

from tocsin.edges.sites.mandate import Mandate
from tocsin.edges.sites.wire import Asked, Hello
from tocsin.edges.web.health import Part
from tocsin.edges.web.quota import Allowance, Buckets
from tocsin.kernel import Words

BURST_S = 10
"""How many seconds' worth a site may ask at once: a patrol that joins again has much to bring."""
MOST_TURNS = 4
"""Of one site at the same moment, of the floor's 32."""
_GREETS, _TOLD = Allowance(10, 2), Allowance(10, 5)
_LATELY_S = 60.0
LOUD = 20
"""From how many refusals in a minute on it is said: a site where much happens at once has a few, and asks again by itself."""
_MOST_KEPT = 2_000


class Limits:
    """A bucket for what each site asks, and one for its greetings, so that a site that brings much is still heard of. What is taken out is
    taken by signed questions alone: nobody else can use up what a site may ask. Any thread may call."""

    def __init__(self) -> None:
        self._buckets = Buckets(lambda: round(perf_counter() * 1_000_000))
        self._lock = Lock()
        self._turns: Counter[str] = Counter()
        self._refused: dict[str, deque[float]] = {}

    def begin(self, site: str) -> bool:
        """Whether a question in this site's name is looked at at all. One that has asked too much and was told so often enough is not, nor
        one that has several under way already: whoever asked asks again."""
        with self._lock:
            if self._turns[site] >= MOST_TURNS or self._buckets.left((site, "told"), _TOLD) < 1:
                self._note(site)
                return False
            self._turns[site] += 1
            return True

    def end(self, site: str) -> None:
        """It was answered, or not."""
        with self._lock:
            self._turns[site] -= 1
            if not self._turns[site]:
                del self._turns[site]

    def grants(self, site: Mandate, asked: Asked) -> bool:
        """Whether a site may ask this now; the question's signature was held against its key."""
        greets = isinstance(asked, Hello)
        with self._lock:
            if self._buckets.take((site.name, "greets" if greets else "asks"), _GREETS if greets else Allowance(site.per_s * BURST_S, site.per_s)):
                return True
            self._buckets.take((site.name, "told"), _TOLD)
            self._note(site.name)
            return False

    def parts(self) -> tuple[Part, ...]:
        """Each site in whose name lately much more was asked than it may, in words, for the floor's health; no part at all where none was."""
        since_s = perf_counter() - _LATELY_S
        with self._lock:
            loud = {site: count for site, times in self._refused.items() if (count := sum(at_s > since_s for at_s in times)) >= LOUD}
            self._refused = {site: times for site, times in self._refused.items() if times[-1] > since_s}
        if not loud:
            return ()
        many = {site: f"{count:,}{'+' if count >= _MOST_KEPT else ''}" for site, count in sorted(loud.items())}
        en, zh = "; ".join(f"{site}: {count}" for site, count in many.items()), "；".join(f"{site}：{count}" for site, count in many.items())
        return (Part(name="site_rate", state="low", says=Words(f"More is asked in a site's name than it may; refused in the last minute: {en}.", f"有站点名下请求超限，最近一分钟被拒：{zh}。"),
                     works=Words("The floor and every other site work; that one's people wait. Ask them by radio. If nobody there works so hard, its key may be in other hands: "
                                 "withdraw it in the table of sites.", "指挥中心和其他站点不受影响，该站点人员需等待。请用电台询问；若并非其本人操作，密钥可能已泄露，请在站点表中撤销授权。")),)

    def _note(self, site: str) -> None:
        self._refused.setdefault(site, deque(maxlen=_MOST_KEPT)).append(perf_counter())
