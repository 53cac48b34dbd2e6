"""A step in a weekly series: how large it is and how surely, beside a trend, the season and weeks that resemble the
week before (interrupted time series).

The value of a week is level + step + trend + season + week effect + noise. Week effects fade by a factor r from week to
week (first-order autoregression); noise shrinks with the number of deployments of the week. How much of the variance
belongs to the weeks and how long they resemble each other cannot be told surely from some dozens of weeks, and whoever
puts in one estimate believes too much: with autocorrelation such tests call far more than 5 % of nothing a change
(McKnight, McKean and Huitema 2000, Psychological Methods 5, 87-101). So the fit is made on a grid of both, and the
fits are weighed by their restricted likelihood (Patterson and Thompson 1971, Biometrika 58, 545-554) times a prior that
leans to the careful side; the step has a mixture of t distributions. The season is one wave of a year, whose two
coefficients are held near zero (SEASON) where the history is too short to tell it.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg, optimize, special

YEAR = 365.25 / 7  # weeks
#: Standard deviation of each of the two coefficients of the season, on the log scale: a yearly swing of some 30 %.
SEASON = 0.2
CONFIDENCE = 0.95
#: Share of the variance that belongs to weeks, and how much of a week effect is left after one week.
_SHARES = (0.3, 0.6, 0.9)
_FADING = (0.0, 0.35, 0.65, 0.9)
_GRID = np.array([(0.0, 0.0), *((share, fading) for share in _SHARES for fading in _FADING)])
#: Chosen by simulation: "moved" is said of nothing in less than 5 % up to a fading of 0.6, and no more carefully than
#: that.
_PRIOR = np.array([0.5, *(share * fading + 0.05 for share in _SHARES for fading in _FADING)])
_COLUMNS = 5  # level, step, trend, two of the season
_FEW = 100  # weeks up to which one call for all points of the grid is quicker than one that uses threads for each


@dataclass(frozen=True)
class Series:
    """Weeks with a value: whole `week` numbers (any origin), `value`, `size` (deployments behind it). since: the weeks
    from this number on are after the step; None: all are before. `season`: as SEASON, on the scale of the values."""

    week: np.ndarray
    value: np.ndarray
    size: np.ndarray
    since: float | None = None
    season: float = SEASON

    def __len__(self) -> int:
        return len(self.week)

    @property
    def after(self) -> np.ndarray:
        return self.week >= (np.inf if self.since is None else self.since)


@dataclass(frozen=True)
class Step:
    """What is believed of the step: fits with their weights."""

    estimates: np.ndarray
    errors: np.ndarray
    weights: np.ndarray
    freedom: int

    @property
    def value(self) -> float:
        return float(self.weights @ self.estimates)

    def below(self, x: float) -> float:
        """Probability that the step is below x."""
        return float(self.weights @ special.stdtr(self.freedom, (x - self.estimates) / self.errors))

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """With equal tails."""
        spread = float(np.max(np.abs(self.estimates - self.value)) + np.max(self.errors))
        low, high = self.value - 200 * spread, self.value + 200 * spread
        tail = (1 - confidence) / 2
        return tuple(
            float(optimize.brentq(lambda x, p=p: self.below(x) - p, low, high, xtol=1e-7)) for p in (tail, 1 - tail)
        )


@dataclass(frozen=True)
class _Fit:
    """Of each point of the grid: residual variance and weight."""

    variance: np.ndarray
    weights: np.ndarray
    freedom: int


def step(series: Series) -> Step:
    """The step of the series.

    Raises ValueError where it cannot be told: no week on one side, no more weeks than the model has unknowns, or the
    same value in every week.
    """
    fit, covariance, coefficients = _coefficients(series)
    errors = np.sqrt(fit.variance * covariance[:, 1, 1])
    return Step(coefficients[:, 1], errors, fit.weights, fit.freedom)


def _coefficients(series: Series) -> tuple[_Fit, np.ndarray, np.ndarray]:
    """The fits, and of each its covariance (without the variance) and its coefficients. Raises ValueError as `step`
    does."""
    after = series.after
    if not after.any() or after.all():
        raise ValueError("a step needs weeks before and after it")
    sums = _sums(series)
    fit = _fit(series, sums)
    covariance = _covariance(sums[0], fit, series.season)
    return fit, covariance, np.einsum("kij,kj->ki", covariance, sums[1])


@dataclass(frozen=True)
class Outlook:
    """What would be known of a step after 1, 2, ... more weeks: the error of each fit (weeks x fits), and the half
    width of the interval that is to be expected."""

    errors: np.ndarray
    half: np.ndarray
    freedom: np.ndarray
    weights: np.ndarray

    def power(self, size: float) -> np.ndarray:
        """With what probability a step of that size (its absolute value) would be seen after 1, 2, ... weeks."""
        beyond = (size - self.half)[:, None] / self.errors
        return special.stdtr(self.freedom[:, None], beyond) @ self.weights


def outlook(series: Series, horizon: int, gap: int = 0, confidence: float = CONFIDENCE) -> Outlook:
    """For so many weeks that are like those of the series, in deployments and in weeks without any.

    For a series without a step, it begins `gap` weeks after the last week; else it has begun. Worked out from the fit
    of the series, without simulation. Raises ValueError as `step` does.
    """
    fit = _fit(series, _sums(series))
    begin = series.week.max() + 1 + (0 if series.since is not None else gap)
    rate = len(series) / (series.week.max() - series.week.min() + 1)
    coming = begin + np.floor(np.arange(round(horizon * rate)) / rate)
    typical = 1 / np.mean(1 / series.size)
    longer = replace(
        series,
        week=np.concatenate([series.week, coming]),
        value=np.zeros(len(series) + len(coming)),
        size=np.concatenate([series.size, np.full(len(coming), typical)]),
        since=begin if series.since is None else series.since,
    )
    white, _ = _whitened(longer)
    rows = white[:, :, :_COLUMNS]
    # The first n rows of a lower triangular whitening are that of the first n weeks alone.
    ends = len(series) + np.round(np.arange(1, horizon + 1) * rate).astype(int)
    inner = np.stack([np.swapaxes(rows[:, :end], 1, 2) @ rows[:, :end] for end in ends])
    inner[:, :, 1, 1] += 1e-12  # no week after the step yet: nothing is known of it
    errors = np.sqrt(fit.variance * _covariance(inner, fit, series.season)[..., 1, 1])
    freedom = np.maximum(ends - _COLUMNS, 1)
    half = special.stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(errors**2 @ fit.weights)
    return Outlook(errors, half, freedom, fit.weights)


@dataclass(frozen=True)
class Course:
    """What the model takes a series to be, week by week, with the interval of each. trend: what it rises by in half a
    year beside the step, with its interval; season: the highest minus the lowest of the year."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    trend: tuple[float, float, float]
    season: float


def course(series: Series, confidence: float = CONFIDENCE) -> Course:
    """The weeks of the series as fitted: level, step, trend and season. The fits are put together by their first two
    moments. Raises ValueError as `step` does."""
    fit, covariance, coefficients = _coefficients(series)
    spread = fit.variance[:, None, None] * covariance
    wide = special.stdtrit(fit.freedom, 0.5 + confidence / 2)

    def told(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and half width of combinations of the coefficients."""
        means = coefficients @ rows.T
        mean = fit.weights @ means
        variances = np.einsum("ri,kij,rj->kr", rows, spread, rows) + (means - mean) ** 2
        return mean, wide * np.sqrt(fit.weights @ variances)

    mean, half = told(_design(series))
    (trend,), (unsure,) = told(np.eye(_COLUMNS)[[2]])
    swing = float(2 * np.hypot(*(fit.weights @ coefficients)[3:]))
    return Course(mean, mean - half, mean + half, (float(trend), float(trend - unsure), float(trend + unsure)), swing)


_NO_WEEKS = np.empty(0)


def _design(series: Series, coming: np.ndarray = _NO_WEEKS, damping: float = 1.0) -> np.ndarray:
    """Of the weeks of the series and of those to come, in which less of the trend is left from week to week."""
    week = np.concatenate([series.week, coming])
    angle = 2 * np.pi * week / YEAR
    on = coming - series.week.max() if len(coming) else coming
    further = on if damping == 1 else damping * (1 - damping**on) / (1 - damping)
    trend = (np.concatenate([series.week, series.week.max() + further]) - series.week.mean()) / (YEAR / 2)
    after = np.concatenate([series.after, np.full(len(coming), series.after.any())])
    return np.column_stack([np.ones(len(week)), after, trend, np.cos(angle), np.sin(angle)])


def _whitened(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """Design and values with the correlation V of the weeks taken out, of each point of the grid, and log |V|."""
    shares = _GRID[:, 0, None, None]
    lag = np.abs(series.week[:, None] - series.week[None, :]).astype(int)
    faded = _GRID[:, 1, None] ** np.arange(lag.max() + 1)
    noise = np.diag((1 / series.size) / np.mean(1 / series.size))
    lower = np.linalg.cholesky(shares * faded[:, lag] + (1 - shares) * noise)
    columns = np.column_stack([_design(series), series.value])
    if len(columns) <= _FEW:
        white = np.linalg.solve(lower, np.broadcast_to(columns, (len(lower), *columns.shape)))
    else:
        white = np.stack([linalg.solve_triangular(one, columns, lower=True, check_finite=False) for one in lower])
    return white, 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)


def _sums(series: Series) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each point of the grid X'V⁻¹X, X'V⁻¹y, y'V⁻¹y and log |V|."""
    white, determinant = _whitened(series)
    products = np.swapaxes(white, 1, 2) @ white
    return products[:, :-1, :-1], products[:, :-1, -1], products[:, -1, -1], determinant


def _fit(series: Series, sums) -> _Fit:
    inner, outer, squares, determinant = sums
    used = np.arange(_COLUMNS) if series.after.any() else np.delete(np.arange(_COLUMNS), 1)
    inner, outer = inner[:, used[:, None], used], outer[:, used]
    freedom = len(series) - len(used)
    if freedom < 1:
        raise ValueError("there are no more weeks than the model has unknowns")
    solved = np.linalg.solve(inner, outer[..., None])[..., 0]
    variance = (squares - np.einsum("ki,ki->k", outer, solved)) / freedom
    if np.ptp(series.value) == 0 or not (variance > 0).all():
        raise ValueError("the values follow the model without any deviation")
    likelihood = -0.5 * (determinant + np.linalg.slogdet(inner)[1] + freedom * np.log(variance))
    weights = _PRIOR * np.exp(likelihood - likelihood.max())
    return _Fit(variance, weights / weights.sum(), freedom)


def _covariance(inner: np.ndarray, fit: _Fit, season: float) -> np.ndarray:
    """Of the coefficients in units of the residual variance, with the season held near zero. `inner`: ... x fits x 5 x
    5."""
    held = np.zeros((len(_GRID), _COLUMNS, _COLUMNS))
    held[:, 3, 3] = held[:, 4, 4] = fit.variance / season**2
    return np.linalg.inv(inner + held)


@dataclass(frozen=True)
class Ahead:
    """What combinations of weeks to come will be: mean and the ends of the interval of each."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def foresee(
    series: Series, coming: np.ndarray, parts: np.ndarray, damping: float, confidence: float = CONFIDENCE
) -> Ahead:
    """Best linear prediction of weeks to come from those that are known, whose effects fade into them (Goldberger 1962,
    JASA 57, 369-375), and the interval of what will be seen then, not only of its level.

    coming: numbers of the weeks to come, after the last of the series, as large as its typical one. parts: combinations
    of the known weeks and these (rows x weeks), such as means over some of both. damping: how much of the trend is left
    after each further week, below 1 (Gardner and McKenzie 1985, Management Science 31, 1237-1246).
    Raises ValueError as `step` does; a series without weeks after has no step.
    """
    sums = _sums(series)
    fit = _fit(series, sums)
    inner, outer = sums[0].copy(), sums[1]
    if not series.after.any():
        inner[:, 1, 1] += 1  # no step: its column is zero, and so is what is believed of it
    covariance = _covariance(inner, fit, series.season)
    beta = np.einsum("kij,kj->ki", covariance, outer)
    known, weeks = len(series), np.concatenate([series.week, coming])
    design = _design(series, coming, damping)
    lag = np.abs(weeks[:, None] - weeks[None, :])
    typical = np.mean(1 / series.size)
    noise = np.diag(np.concatenate([(1 / series.size) / typical, np.ones(len(coming))]))
    middles, spreads = [], []
    for (share, fading), coefficients, unsure, variance in zip(_GRID, beta, covariance, fit.variance, strict=True):
        alike = share * fading**lag + (1 - share) * noise
        carried = np.linalg.solve(alike[:known, :known], alike[:known, known:]).T
        told = design[known:] @ coefficients + carried @ (series.value - design[:known] @ coefficients)
        open_ = design[known:] - carried @ design[:known]
        spread = alike[known:, known:] - carried @ alike[:known, known:] + open_ @ unsure @ open_.T
        ours, theirs = parts[:, :known], parts[:, known:]
        middles.append(ours @ series.value + theirs @ told)
        spreads.append(variance * np.einsum("ri,ij,rj->r", theirs, spread, theirs))
    middles, spreads = np.stack(middles), np.stack(spreads)
    mean = fit.weights @ middles
    half = special.stdtrit(fit.freedom, 0.5 + confidence / 2) * np.sqrt(fit.weights @ (spreads + (middles - mean) ** 2))
    return Ahead(mean, mean - half, mean + half)
