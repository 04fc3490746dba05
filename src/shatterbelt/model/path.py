"""A known path laid out: what every one of its steps looks back on, all steps at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from shatterbelt.case.formulas import Expr, names
from shatterbelt.errors import RequestError
from shatterbelt.model.expressions import Value, evaluate
from shatterbelt.model.fading import filtered
from shatterbelt.model.links import link_array
from shatterbelt.model.parts import Group, Model, Track
from shatterbelt.model.past import Past, Sight, column, in_memory, initial_past, natural, take

Seen = tuple[str, int]
"""A track and how many steps back."""
Rows = tuple[Seen, ...]


def past_of_path(model: Model, path: Mapping[str, Array], start: Mapping[str, Array | float]) -> PathSight:
    """Lay out what every step of a known path looks back on.

    Args:
        model: the compiled case.
        path: natural values of the quantities, each of shape ``[steps, ...]``; the value of a formula
            that is left out follows from the others.
        start: natural values of every quantity before the first step.

    Returns:
        A view of all steps at once, with the path itself as this step's values;
        `shatterbelt.model.step.predict` takes it.
    """
    shape = next(iter(path.values())).shape
    laid = _Laid(model, initial_past(model, start, shape[1:]), shape)
    left = []
    for group in model.groups:
        if all(name in path for name in group.names):
            rows = [jnp.broadcast_to(jnp.asarray(path[name]), shape) for name in group.names]
            laid.fill(group, jnp.stack(rows))
        else:
            left.append(group)
            for name in set(group.names) & set(path):
                laid.put_formula(group, name, path[name])
    laid.formulas(left, last=True)
    return laid.sight()


Given = Array | None | Callable[[Sight], Array]
"""Rows of a group's natural values ``[quantities, steps, ...]``; None for what follows from formulas; or a
function of what can be seen before the group is known, in which what hangs on it reads 0."""


def past_of_rows(
    model: Model,
    rows: Sequence[Given],
    before: Past,
    shape: tuple[int, ...],
    guessed: Mapping[tuple[str, ...], Array] | None = None,
) -> PathSight:
    """Do the same as `past_of_path` with natural values that stand in rows.

    Args:
        model: the compiled case.
        rows: the values of every group of the model.
        before: what the first step looks back on, as `shatterbelt.model.past.initial_past` makes it.
        shape: ``(steps, ...)``.
        guessed: names of a group whose values are a function -> what its values are taken for before they
            are known; without it what hangs on them reads 0 till then.

    A formula follows as soon as all that it looks at is known, also what it delays or smooths.

    Raises:
        RequestError: a formula looks back on itself.
    """
    return _laid_out(model, rows, before, shape, guessed).sight()


def seen_of_rows(model: Model, rows: Sequence[Given], before: Past, shape: tuple[int, ...]) -> Sight:
    """Return a view of what `past_of_rows` lays out, of which only little will be looked at."""
    return _laid_out(model, rows, before, shape, None)


def _laid_out(
    model: Model,
    rows: Sequence[Given],
    before: Past,
    shape: tuple[int, ...],
    guessed: Mapping[tuple[str, ...], Array] | None,
) -> _Laid:
    pairs = list(zip(model.groups, rows, strict=True))
    laid, guess = (_Laid(model, before, shape) for _ in range(2))
    for group, given in pairs:
        if given is not None and not callable(given):
            laid.fill(group, given)
    formulas = [group for group, given in pairs if given is None]
    waiting = laid.formulas(formulas)
    if guessed:
        guess.follow(laid)
        for group, given in pairs:
            if callable(given) and group.names in guessed:
                guess.fill(group, guessed[group.names])
        guess.formulas(waiting)
        laid.guess = guess
    for group, given in pairs:
        if callable(given):
            laid.fill(group, given(laid))
            waiting = laid.formulas(waiting)
    laid.formulas(waiting, last=True)
    return laid


class _Laid(Sight):
    """A view along a path while its past is being laid out."""

    def __init__(self, model: Model, before: Past, shape: tuple[int, ...]) -> None:
        super().__init__(model, jnp.zeros((0, *shape)))
        self._before = before
        self._filled: dict[tuple[str, ...], tuple[Array, Array]] = {}
        self._none = jnp.zeros((1, *shape))
        self.guess: _Laid | None = None

    def follow(self, other: _Laid) -> None:
        """Take over all that another view knows by now."""
        self._filled, self._rows, self._derived = dict(other._filled), dict(other._rows), dict(other._derived)

    def fill(self, group: Group, x: Array) -> None:
        """Fill in the path of a group's quantities, rows of natural values."""
        scales = [self.model.quantities[name].scale for name in group.names]
        origin, width = (
            column([getattr(scale, key) for scale in scales], len(self.shape)) for key in ("origin", "width")
        )
        z = (link_array(group.link, x) - origin) / width
        self._filled[group.names] = (x, z)
        for row, name in enumerate(group.names):
            self._rows[f"x:{name}"] = (x, row)
            self._rows[f"z:{name}"] = (z, row)

    def formulas(self, groups: Sequence[Group], *, last: bool = False) -> list[Group]:
        """Fill in the formulas that follow from what is known by now; return the groups still not whole.

        Raises:
            RequestError: it is the ``last`` time, and a formula cannot follow.
        """
        left = [(group, name) for group in groups for name in group.names if f"x:{name}" not in self._rows]
        while ready := [pair for pair in left if self._follows(pair[1])]:
            for group, name in ready:
                self.put_formula(group, name, evaluate(self._formula(name), self))
            left = [pair for pair in left if pair not in ready]
        if left and last:
            raise RequestError(_ring(name for _, name in left))
        whole = [group for group in groups if all(group is not other for other, _ in left)]
        for group in whole:
            self.fill(group, jnp.stack([self.x(name) for name in group.names]))
        return [group for group in groups if group not in whole]

    def put_formula(self, group: Group, name: str, value: Value) -> None:
        """Fill in the path of one quantity of a group, before the others are known."""
        x = jnp.broadcast_to(jnp.asarray(value), self.shape)[None]
        scale = self.model.quantities[name].scale
        self._rows[f"x:{name}"] = (x, 0)
        self._rows[f"z:{name}"] = ((link_array(group.link, x) - scale.origin) / scale.width, 0)

    def _follows(self, name: str) -> bool:
        return all(f"x:{other}" in self._rows for other in names(self._formula(name)))

    def _formula(self, name: str) -> Expr:
        return self.model.quantities[name].formulas["value"]

    def __call__(self, key: str, lag: int) -> Value:
        """Return the value of a track ``lag`` steps back, for all steps of the path."""
        if not self._known(key):
            return jnp.zeros(self.shape) if self.guess is None else self.guess(key, lag)
        if lag == 0:
            return super().__call__(key, 0)
        first = self.model.layout[key]
        along = jnp.broadcast_to(jnp.asarray(self(key, 0)), self.shape)
        return jnp.concatenate([self._before[first : first + lag], along])[: self.shape[0]]

    def rows(self, wanted: Sequence[Seen]) -> Array:
        """Return many tracks at their lags as rows of one array, ``[wanted, ...]``.

        Neighbours in an array at the same lag are taken from it together.
        """
        blocks: dict[tuple[int, int], list[tuple[int, str, tuple[Array, int]]]] = {}
        for place, (key, lag) in enumerate(wanted):
            found = self._place(key)
            blocks.setdefault((id(found[0]), lag), []).append((place, key, found))
        parts, places = [], []
        for (_, lag), block in blocks.items():
            part = take(block[0][2][0], [row for _, _, (_, row) in block])
            parts.append(self._late(part, [key for _, key, _ in block], lag))
            places += [place for place, _, _ in block]
        return take(jnp.concatenate(parts), np.argsort(places).tolist())

    def _place(self, key: str) -> tuple[Array, int]:
        """Return the rows among which a track lies, and which it is; what is not known yet is 0."""
        if not self._known(key):
            return (self._none, 0) if self.guess is None else self.guess._place(key)
        track = self.model.tracks.get(key)
        if key not in self._rows and track is not None and track.kind in {"remembered", "memory"}:
            self._remember(track)
        elif key not in self._rows:
            self._rows[key] = (jnp.broadcast_to(jnp.asarray(self(key, 0)), self.shape)[None], 0)
        return self._rows[key]

    def _remember(self, track: Track) -> None:
        """Work out a memory, and with it all others of the same group."""
        scale = "x" if self._counts(track) else "z"
        source = self._rows[f"{scale}:{track.quantity}"][0]
        held = [
            other
            for other in self.model.tracks.values()
            if other.kind == "remembered"
            and self._rows.get(f"{scale}:{other.quantity}", (None, 0))[0] is source
        ]
        rows = [self._rows[f"{scale}:{other.quantity}"][1] for other in held]
        sums = self._fading(held, take(source, rows))
        swings = in_memory(self.model, held, sums) if scale == "x" else sums
        for row, other in enumerate(held):
            self._rows[other.key] = (sums, row)
            self._rows[other.key.replace("remembered:", "memory:", 1)] = (swings, row)

    def _late(self, rows: Array, keys: Sequence[str], lag: int) -> Array:
        """Move tracks back by a lag; what comes in is the time before."""
        if lag == 0:
            return rows
        early = [self.model.layout[key] + back for key in keys for back in range(lag)]
        before = take(self._before, early).reshape(len(keys), lag, *self.shape[1:])
        return jnp.concatenate([before, rows], axis=1)[:, : self.shape[0]]

    def _known(self, key: str) -> bool:
        """Tell whether all that a track takes in is known by now."""
        track = self.model.tracks.get(key)
        if track is None or track.kind in {"x", "z"}:
            return f"x:{key.partition(':')[2]}" in self._rows
        if track.expression is not None:
            return all(f"x:{name}" in self._rows for name in names(track.expression))
        return f"x:{track.quantity}" in self._rows

    def _derive_track(self, track: Track) -> Value:
        if track.kind in {"remembered", "smooth"}:
            source = jnp.broadcast_to(jnp.asarray(self.source_of(track)), self.shape)
            return self._fading([track], source[None])[0]
        return super()._derive_track(track)

    def _fading(self, tracks: Sequence[Track], source: Array) -> Array:
        """Return decaying tracks along the path, as rows."""
        before = take(self._before, [self.model.layout[track.key] for track in tracks])[:, None]
        decay = np.array([track.decay for track in tracks])
        gain = column([track.gain for track in tracks], len(self.shape))
        along = jnp.concatenate([before, gain * source], axis=1)
        return filtered(along, decay)[:, 1:]

    def sight(self) -> PathSight:
        """Return the finished view."""
        for group in self.model.groups:
            self._groups.append(self._filled[group.names])
        rows, keys = self._tracks()
        now = self.now
        places: dict[Seen, int] = {(key, 0): row for key, row in self.model.now_row.items()}
        for row, key in enumerate(keys):
            places.setdefault((key, 0), now.shape[0] + row)
        tracks = self.model.tracks
        wanted = sorted((lag, key) for key, track in tracks.items() for lag in range(1, track.depth + 1))
        whole = [now, rows]
        if wanted:
            whole.append(self._back(take(rows, [keys.index(key) for _, key in wanted]), wanted))
            first = now.shape[0] + rows.shape[0]
            places |= {(key, lag): first + row for row, (lag, key) in enumerate(wanted)}
        return PathSight(self.model, jnp.concatenate(whole), places)

    def _back(self, rows: Array, wanted: Sequence[tuple[int, str]]) -> Array:
        """Move rows back by their lags, which stand in order; what comes in is the time before."""
        before = take(self._before, [self.model.layout[key] for _, key in wanted])[:, None]
        steps, sizes = self.shape[0], Counter(lag for lag, _ in wanted)
        moved, at = [], 0
        for part, (lag, size) in zip(lax.split(rows, list(sizes.values())), sizes.items(), strict=True):
            first = jnp.broadcast_to(before[at : at + size], (size, min(lag, steps), *self.shape[1:]))
            moved.append(jnp.concatenate([first, part[:, : max(steps - lag, 0)]], axis=1))
            at += size
        return jnp.concatenate(moved)

    def _tracks(self) -> tuple[Array, list[str]]:
        """Return every track along the path as rows, and whose rows they are."""
        rows: list[Array] = []
        keys: list[str] = []
        tracks = list(self.model.tracks.values())
        x, z = (jnp.concatenate([pair[i] for pair in self._groups]) for i in (0, 1))
        place = {name: row for row, name in enumerate(self.model.order)}
        for kind, values in (("x", x), ("z", z)):
            some = [track for track in tracks if track.kind == kind]
            rows.append(take(values, [place[track.quantity] for track in some]))
            keys += [track.key for track in some]
            held = [t for t in tracks if t.kind == "remembered" and self._counts(t) is (kind == "x")]
            if held:
                sums = self._fading(held, take(values, [place[track.quantity] for track in held]))
                rows += [sums, in_memory(self.model, held, sums) if kind == "x" else sums]
                keys += [t.key for t in held] + [t.key.replace("remembered:", "memory:", 1) for t in held]
        for track in tracks:
            if track.kind in {"expression", "smooth"}:
                rows.append(jnp.broadcast_to(jnp.asarray(self(track.key, 0)), self.shape)[None])
                keys.append(track.key)
        return jnp.concatenate(rows), keys

    def _counts(self, track: Track) -> bool:
        return self.model.quantities[track.quantity].kind == "events"


def _ring(formulas: Iterable[str]) -> str:
    """Say that formulas look back on themselves, and what to write in their place."""
    return (
        f"formulas that look back on themselves: {', '.join(formulas)}; a fit lays out a formula's whole "
        "path at once, from the paths of other quantities. Write the memory as smooth(..., steps) of what it "
        "remembers, or make what adds up a stock"
    )


class PathSight(Sight):
    """What can be seen along a known path: rows of one array, for any track and lag.

    ``asked`` is what will be read of it, if that is known (`Asking`). All of it is then cut from a single
    reading: to read a hundred times from one array is cheap, but each way back of a derivative would add
    to the whole array.
    """

    def __init__(
        self, model: Model, whole: Array, places: Mapping[Seen, int], asked: Sequence[Rows] = ()
    ) -> None:
        super().__init__(model, whole)
        self._whole, self._places = whole, places
        once = list(dict.fromkeys(asked))
        every = [places[pair] for rows in once for pair in rows]
        pieces = lax.split(take(whole, every), [len(rows) for rows in once]) if once else []
        self._read = dict(zip(once, pieces, strict=True))

    def __call__(self, key: str, lag: int) -> Value:
        """Return the value of a track ``lag`` steps back."""
        return self.rows(((key, lag),))[0]

    def rows(self, wanted: Sequence[Seen]) -> Array:
        """Return many tracks at their lags as rows of one array, ``[wanted, ...]``."""
        known = self._read.get(tuple(wanted))
        return take(self._whole, [self._places[pair] for pair in wanted]) if known is None else known

    def moved(self, name: str, swings: float) -> PathSight:
        """Return the same view with one quantity moved by some swings in every step, and nothing else."""
        part = self.model.quantities[name]
        z = self.rows([(f"z:{name}", 0)])[0] + swings
        whole = self._whole
        for key, values in ((f"z:{name}", z), (f"x:{name}", natural(part, z))):
            whole = whole.at[self._places[key, 0]].set(values)
        return PathSight(self.model, whole, self._places)

    def asking(self, asked: Sequence[Rows]) -> PathSight:
        """Return the same view, made to be asked just this."""
        return PathSight(self.model, self._whole, self._places, asked)


class Asking(Sight):
    """A view that notes what is asked of it."""

    def __init__(self, sight: PathSight) -> None:
        super().__init__(sight.model, sight.past)
        self._sight = sight
        self.asked: list[Rows] = []

    def __call__(self, key: str, lag: int) -> Value:
        """Note and return the value of a track ``lag`` steps back."""
        return self.rows(((key, lag),))[0]

    def rows(self, wanted: Sequence[Seen]) -> Array:
        """Note and return many tracks at their lags."""
        if wanted:
            self.asked.append(tuple(wanted))
        return self._sight.rows(wanted)
