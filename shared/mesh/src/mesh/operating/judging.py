"""May this build be deployed beside all that lives and lies there? Found out message by message."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from contracts import verdicts
from contracts.compatibility import problems
from contracts.schemas import KIND
from mesh.manifest import Entry, Manifest, Taken
from mesh.operating.world import World


class Verdict(IntEnum):
    """The larger the worse. A build may be deployed with what is no worse than `UNJUDGED`."""

    SAFE = 0
    WAITS = 1
    """Nothing is lost or misread, and nobody handles it until another build is there."""
    UNJUDGED = 2
    """What nobody but a person can judge."""
    UNKNOWN = 3
    """What would have to be known, and is not."""
    UNPROVABLE = 4
    BREAKS = 5

    def __str__(self) -> str:
        return self.name.lower()


class Finding(NamedTuple):
    """One thing that was looked at."""

    verdict: Verdict
    what: str
    why: str = ""
    first: str = ""
    """The service to be deployed before, or what else comes first."""


def may(findings: Sequence[Finding]) -> bool:
    """Whether a build with these may be deployed now."""
    return all(found.verdict <= Verdict.UNJUDGED for found in findings)


def judged(build: Manifest, world: World) -> list[Finding]:
    """All that speaks for and against deploying it now."""
    return [
        *_sent(build, world),
        *_taken(build, world),
        *_given_up(build, world),
        *_narrowed(build, world),
        *_until_then(build, world),
    ]


def rolled_back(build: Manifest, to: Manifest, world: World) -> list[Finding]:
    """The same for going back to an earlier build, when `build` has been at work beside all that lives."""
    there = world.after(build)
    later = [
        Finding(Verdict.WAITS, f"{taken} to {to}", "what comes meanwhile waits for a newer build again")
        for taken in build.takes
        if to.taken(taken.name, taken.version) is None
    ]
    return [*judged(to, there), *later, *_migrated(build, to)]


def _sent(build: Manifest, world: World) -> Iterator[Finding]:
    """What it sends, beside those that take it."""
    for sent in build.sends:
        takers = [b for b in [*world.builds, build] if any(taken.name == sent.name for taken in b.takes)]
        if not takers:
            yield _unheard(sent, build)
        for service in dict.fromkeys(taker.service for taker in takers):
            yield from _sent_to(sent, build, [b for b in takers if b.service == service])


def _unheard(sent: Entry, build: Manifest) -> Finding:
    """An event may be nobody's concern; a command is somebody's."""
    if sent.writer[KIND] == "event":
        return Finding(Verdict.SAFE, f"{sent} from {build}", "nobody listens: it is kept in mesh.unrouted")
    return Finding(Verdict.WAITS, f"{sent} from {build}", "no live build takes it: it waits in its queue")


def _sent_to(sent: Entry, build: Manifest, takers: Sequence[Manifest]) -> Iterator[Finding]:
    """To the builds of one service."""
    reading = [(b, taken) for b in takers if (taken := b.taken(sent.name, sent.version))]
    for taker, taken in reading:
        yield _read(sent, taken, build, taker, first=taker.service)
    if not reading:
        known = sorted({t.version for b in takers for t in b.takes if t.name == sent.name})
        takes = f"{takers[0].service} takes {', '.join(f'v{version}' for version in known)}"
        if sent.version < known[0]:
            verdict, why = Verdict.BREAKS, f"{takes}, and v{sent.version} no more"
        else:
            verdict, why = Verdict.WAITS, f"{takes}: it waits for a build that takes v{sent.version}"
        yield Finding(verdict, f"{sent} from {build}", why, first=takers[0].service)


def _taken(build: Manifest, world: World) -> Iterator[Finding]:
    """What it takes, beside those that send it."""
    for taken in build.takes:
        for sender in world.builds:
            if sent := sender.sent(taken.name, taken.version):
                yield _read(sent, taken, sender, build, first=sender.service)


def _read(written: Entry, read: Entry, by: Manifest, reader: Manifest, first: str) -> Finding:
    what = f"{written} from {by} to {reader}"
    if found := problems(written.pair, read.pair):
        worst = max(problem.verdict for problem in found)
        why = "; ".join(f"{problem.path or 'the message'}: {problem.why}" for problem in found)
        return Finding(_VERDICTS[worst], what, why, first)
    return Finding(Verdict.SAFE, what)


_VERDICTS = {
    verdicts.Verdict.SAFE: Verdict.SAFE,
    verdicts.Verdict.UNPROVABLE: Verdict.UNPROVABLE,
    verdicts.Verdict.BREAKS: Verdict.BREAKS,
}


def _given_up(build: Manifest, world: World) -> Iterator[Finding]:
    """What its service takes at this moment, and would not take any more."""
    given_up = {
        str(taken): taken
        for now in world.of(build.service)
        for taken in now.takes
        if build.taken(taken.name, taken.version) is None
    }
    for taken in given_up.values():
        for sender in [*world.builds, build]:
            if sender.sent(taken.name, taken.version):
                why = f"{sender} sends it, and nobody would take it"
                yield Finding(Verdict.BREAKS, f"{taken} to {build}", why, first=sender.service)
        yield from _lying(taken, build, world, "it takes it no more")


def _narrowed(build: Manifest, world: World) -> Iterator[Finding]:
    """What it takes, and does not read in every state that was ever released, or that is known now."""
    for taken in build.takes:
        now = {str(b): t for b in world.of(build.service) if (t := b.taken(taken.name, taken.version))}
        known = [f"the messages that {b} knows" for b, t in now.items() if problems(t.pair, taken.pair)]
        if unread := [*taken.unread, *known]:
            yield from _lying(taken, build, world, f"it may not read what is of {', '.join(unread)}")


def _until_then(build: Manifest, world: World) -> Iterator[Finding]:
    """What builds that are replaced before it may still send, and it does not read."""
    for sender in world.replaced:
        for sent in sender.sends:
            now = (t for b in world.of(build.service) if (t := b.taken(sent.name, sent.version)))
            taken = build.taken(sent.name, sent.version)
            if (before := next(now, None)) and not (taken and not problems(sent.pair, taken.pair)):
                why = f"{sender} sends it until it is replaced, and then some may be under way"
                yield Finding(Verdict.WAITS, f"{sent} to {build}", why, first=_drained(before, build))


def _lying(taken: Taken, build: Manifest, world: World, why: str) -> Iterator[Finding]:
    places = list(world.places(taken, build.service))
    for place in places:
        if place.messages is None:
            yield Finding(Verdict.UNKNOWN, f"{taken} to {build}", f"{why}; {place}", _drained(taken, build))
        elif place.messages:
            yield Finding(Verdict.BREAKS, f"{taken} to {build}", f"{why}; {place}", _drained(taken, build))
    if not any(place.messages is None or place.messages for place in places):
        yield Finding(Verdict.SAFE, f"{taken} to {build}", f"{why}; none lies anywhere")


def _drained(taken: Taken, build: Manifest) -> str:
    return f"mesh deploy drained {build.service} --major {taken.version} --message {taken.name}"


def _migrated(build: Manifest, to: Manifest) -> Iterator[Finding]:
    if build.database != to.database:
        why = f"it has {', '.join(build.database)} then; {to} was made for {', '.join(to.database)}"
        yield Finding(Verdict.UNJUDGED, f"the database of {build.service}", why)
