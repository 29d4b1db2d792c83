"""How far a clone has seen the ledger: a ref of its own that only goes forward, so that a cut history is noticed.

It goes as far as entries were believed: a ledger with a bad entry is mended by taking that away.

A chain that was cut short, or forged from some entry on by who has the keys, is sound in itself. Only who saw it before
can tell, and a fetch alone would forget what was seen.
"""

from __future__ import annotations

from collections.abc import Callable

from go_release_gate.adapters.process import Completed
from go_release_gate.ledger.store import Loss, Records

SEEN = "refs/go-release-gate/seen"
REPLACED = "refs/go-release-gate/replaced"  # what was seen before somebody accepted another history
SHORT = 12  # digits of a commit


class Seen:
    """The longest history of one ledger that a clone has seen and believed.

    Args:
        run: runs git there. name: what the clone calls the ledger.
    """

    def __init__(self, run: Callable[..., Completed], name: str) -> None:
        self._run = run
        self._name = name
        self.ref = f"{SEEN}-{name}"
        self._led: dict[tuple[str, str], bool] = {}
        self.lost = ""  # the commit that the last look at a tip missed

    def follow(self, tip: str, seen: str) -> bool:
        """Whether `tip` leads on from `seen`, where the ref is (empty: nowhere yet)."""
        self.lost = "" if not seen or self.leads(seen, tip) else seen
        return not self.lost

    def forward(self, tip: str, seen: str) -> None:
        """From `seen` to `tip`; where another process was faster, it stays there."""
        self._run("update-ref", self.ref, tip, seen or "0" * len(tip))

    def leads(self, one: str, other: str) -> bool:
        """Whether a commit is another one, or behind it."""
        if one != other and other and (one, other) not in self._led:
            self._led[one, other] = self._run("merge-base", "--is-ancestor", one, other).returncode == 0
        return one == other or self._led.get((one, other), False)

    def accept(self, tip: str, why: str) -> str:
        """Take the history at `tip` for the ledger's from now on; the ref that keeps the one before, for `git log`."""
        lost, self.lost = self.lost, ""
        if not lost:
            return ""
        kept = f"{REPLACED}-{self._name}-{lost[:SHORT]}"
        noted = ("update-ref", "--create-reflog", "-m", f"accepted: {why}")
        self._run(*noted, kept, lost)
        self._run(*noted, self.ref, tip, lost) if tip else self._run("update-ref", "-d", self.ref, lost)
        return kept


def loss_of(before: Records, now: Records) -> Loss:
    """What is missing of a ledger that was seen, now that it is another one."""
    pairs = zip(before.records, now.records, strict=False)
    seq = next((number for number, (old, new) in enumerate(pairs, 1) if old != new), 0)
    ends = f"ends at entry {len(now.records)} (commit {now.tip[:SHORT]})"
    if not now.records:
        words = "it is not there"
    elif seq:
        words = f"entry {seq} is another one, and it {ends}"
    elif len(now.records) < len(before.records):
        words = f"it {ends}"
    else:
        words = f"the same entries are in other commits, and it {ends}"
    was = f"it ended at entry {len(before.records)} (commit {before.tip[:SHORT]}) when this clone saw it last"
    first = seq or min(len(before.records), len(now.records)) + 1
    return Loss(first, f"the ledger was cut or rewritten: {was}, and now {words}")
