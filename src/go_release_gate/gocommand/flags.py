"""The verbs of `go` and their flags: which take a value, since which Go 1.N they exist, until which.

The tables are written as short words: `name` takes a value, `name!` does not; `>=20` the first Go 1.N that has it,
`<20` the first that has it no more. Without a number it is as old as modules (Go 1.11), or older.
Sources: `go help` of each release and the release notes (https://go.dev/doc/devel/release). The tables hold what each
release takes, also what its help leaves out; what no help names stands without a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

_WORD = re.compile(r"(?P<name>[\w.-]+)(?P<sign>!?)(?:>=(?P<since>\d+))?(?:<(?P<until>\d+))?")

_CHANGE = "C>=20"
_MOD = f"{_CHANGE} modcacherw!>=14 modfile>=14 overlay>=16"
_BASIC = f"{_CHANGE} n! x!"
# Those that build, clean, get, install, list, run, test and vet share, without -v, -mod, -json and what covers.
_BUILD = f"""
{_BASIC} {_MOD} a! p race! msan! asan!>=18 work! asmflags buildmode buildvcs!>=18 compiler gccgoflags gcflags
installsuffix ldflags linkshared! pgo>=20 pkgdir tags trimpath!>=13 toolexec
debug-actiongraph debug-runtime-trace debug-trace
"""
_COVER = "cover!>=20 covermode>=20 coverpkg>=20"
_TEST = """
artifacts!>=26 bench benchmem! benchtime blockprofile blockprofilerate count cpu cpuprofile failfast! fuzz>=18
fullpath!>=21 list memprofile memprofilerate mutexprofile mutexprofilefraction outputdir parallel run short! skip>=20
timeout fuzztime>=18 fuzzminimizetime>=18 trace v! shuffle>=17
"""
_EDIT = "fmt! print! json! go>=12 toolchain>=21 godebug>=23 dropgodebug>=23"

_VERBS = {
    "bug": f"v! {_CHANGE}",
    "build": f"{_BUILD} v! mod json!>=24 {_COVER} o i!<20",
    "clean": f"{_BUILD} v! mod i! r! cache! testcache! modcache! fuzzcache!>=18",
    "doc": f"{_CHANGE} all! c! cmd! short! src! u! http!>=25 ex!>=26",
    "env": f"{_BASIC} json! u!>=13 w!>=13 changed!>=23",
    "fix": f"{_BUILD} v! mod fix diff!>=26 json!>=26 fixtool>=26 c>=26",
    "fmt": f"{_BASIC} {_MOD} mod",
    "generate": f"{_BUILD} v! mod run skip>=20",
    "get": f"{_BUILD} v! json!>=24 d! f! fix! insecure!<17 m!<13 t! u! tool!>=24",
    "help": "",
    "install": f"{_BUILD} v! mod json!>=24 {_COVER} i!<20",
    "list": f"""{_BUILD} v! mod {_COVER} compiled! deps! e! export! f find!>=12 json! m! retracted!>=16 reuse>=20
        test! u! versions!""",
    "mod": "",
    "mod download": f"{_MOD} json! x!>=13 reuse>=20",
    "mod edit": f"""{_BASIC} {_MOD} {_EDIT} module require droprequire exclude dropexclude replace dropreplace
        retract>=16 dropretract>=16 tool>=24 droptool>=24 ignore>=25 dropignore>=25""",
    "mod graph": f"{_MOD} go>=17 x!>=21",
    "mod init": _MOD,
    "mod tidy": f"{_MOD} v! x!>=21 e!>=16 go>=17 compat>=17 diff!>=23",
    "mod vendor": f"{_MOD} v! e!>=16 o>=18",
    "mod verify": _MOD,
    "mod why": f"{_MOD} m! vendor!",
    "run": f"{_BUILD} v! mod json!>=24 {_COVER} exec",
    "telemetry": f"{_CHANGE}",
    "test": f"{_BUILD} mod json! cover! covermode coverpkg coverprofile c! o exec vet i!<20 {_TEST}",
    "tool": f"{_CHANGE} modcacherw!>=24 modfile>=24 overlay>=24 n!",
    "version": f"{_CHANGE} m!>=13 v!>=13 json!>=25",
    "vet": f"{_BUILD} v! mod {_COVER} vettool fix!>=26 diff!>=26 json! c",
    "work": "",
    "work edit": f"{_CHANGE} {_EDIT} use dropuse replace dropreplace",
    "work init": _MOD,
    "work sync": _MOD,
    "work use": f"{_MOD} r!",
    "work vendor": f"{_MOD} v! e! o",
}
SINCE = {"work": 18, "telemetry": 23, "work vendor": 22}
"""The first Go 1.N that has a verb, where that is later than 1.11; `work …` is as old as `work` itself."""

OPEN = frozenset({"test", "vet", "fix", "tool", "doc"})
"""Verbs that pass flags on which `go` itself does not know."""

PREFIXES = frozenset({"mod", "work"})
"""Verbs of which the second word is a part."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a verb: it takes no value when `is_boolean`; it exists from Go 1.`since` on and before 1.`until`."""

    name: str
    is_boolean: bool
    since: int = 0
    until: int = 0

    def is_in(self, minor: int) -> bool:
        """Whether Go 1.`minor` has it."""
        return self.since <= minor and not (self.until and minor >= self.until)


def is_verb(verb: str) -> bool:
    """Whether any Go has the verb, as far as it is known here."""
    return verb in _VERBS


def verb_since(verb: str) -> int:
    """The first Go 1.N with the verb; 0: all of them that know modules."""
    return SINCE.get(verb, SINCE.get(verb.partition(" ")[0], 0))


def verbs() -> tuple[str, ...]:
    """Every verb, `mod tidy` and its like among them."""
    return tuple(_VERBS)


@cache
def flags_of(verb: str) -> Mapping[str, Flag]:
    """The flags of a verb by name; those of `tool` are `go tool`'s own, not the tool's."""
    found: dict[str, Flag] = {}
    for match in _WORD.finditer(_VERBS.get("tool" if verb.startswith("tool ") else verb, "")):
        since, until = int(match["since"] or 0), int(match["until"] or 0)
        found[match["name"]] = Flag(match["name"], bool(match["sign"]), since, until)
    if verb == "test":  # what the test's program reads has a second name
        found |= {f"test.{match['name']}": found[match["name"]] for match in _WORD.finditer(_TEST)}
    return found
