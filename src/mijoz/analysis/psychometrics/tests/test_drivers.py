"""Drivers against pingouin and statsmodels' formulas, and what was planted."""

from __future__ import annotations

import numpy as np
import pingouin
import polars as pl
import pytest
import statsmodels.formula.api as smf

from mijoz.analysis.psychometrics.drivers import drivers
from mijoz.analysis.psychometrics.matrices import TooFewAnswers

INDICATORS = ["offer", "time", "channel"]


def answers(n: int = 400, *, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    offer, noise = rng.standard_normal(n), rng.standard_normal(n)
    time = 0.5 * offer + rng.standard_normal(n)
    satisfied = 0.6 * offer + 0.3 * time + noise
    return pl.DataFrame(
        {
            "offer": offer,
            "time": time,
            "channel": rng.standard_normal(n),
            "satisfaction": satisfied,
            "returned": (rng.random(n) < 1 / (1 + np.exp(-satisfied))).astype(int),
        }
    )


def test_correlations_are_those_of_pingouin() -> None:
    given = answers()
    found = drivers(given, "satisfaction", INDICATORS)
    for driver in found.drivers:
        theirs = pingouin.corr(given[driver.key].to_numpy(), given["satisfaction"].to_numpy())
        assert driver.correlation.value == pytest.approx(theirs["r"].iloc[0], abs=1e-6)
        low, high = pingouin.compute_esci(theirs["r"].iloc[0], nx=400, ny=400, eftype="r", decimals=8)
        assert (driver.correlation.low, driver.correlation.high) == pytest.approx((low, high), abs=1e-6)


def test_slopes_are_those_of_a_formula_and_the_planted_ones_lead() -> None:
    given = answers()
    scaled = given.select((pl.all() - pl.all().mean()) / pl.all().std()).to_pandas()
    fitted = smf.ols("satisfaction ~ offer + time + channel", scaled).fit(cov_type="HC3", use_t=True)
    found = drivers(given, "satisfaction", INDICATORS)
    assert [driver.effect.value for driver in found.drivers] == pytest.approx(fitted.params[1:].tolist(), abs=1e-6)
    assert [driver.effect.low for driver in found.drivers] == pytest.approx(fitted.conf_int()[0][1:].tolist(), abs=1e-6)
    assert found.fit == pytest.approx(fitted.rsquared, abs=1e-6)
    offer, _time, channel = found.drivers
    assert offer.p_value is not None
    assert channel.p_value is not None
    assert offer.p_value < 1e-6
    assert channel.p_value > 0.05
    assert not found.is_small
    assert not found.is_entangled


def test_returning_is_told_in_odds() -> None:
    given = answers()
    scaled = given.select((pl.col(INDICATORS) - pl.col(INDICATORS).mean()) / pl.col(INDICATORS).std(), "returned")
    fitted = smf.logit("returned ~ offer + time + channel", scaled.to_pandas()).fit(disp=False)
    found = drivers(given, "returned", INDICATORS)
    assert found.is_binary
    assert [driver.effect.value for driver in found.drivers] == pytest.approx(
        np.exp(fitted.params[1:]).tolist(), abs=1e-6
    )


def test_indicators_that_say_the_same_are_called_entangled() -> None:
    noise = np.random.default_rng(9).standard_normal(400)
    given = answers().with_columns(twin=pl.col("offer") + 0.1 * pl.Series(noise))
    assert drivers(given, "satisfaction", [*INDICATORS, "twin"]).is_entangled
    repeated = answers().with_columns(twin=pl.col("offer") + 0.1 * pl.col("channel"))
    with pytest.raises(TooFewAnswers, match="made up of others"):
        drivers(repeated, "satisfaction", [*INDICATORS, "twin"])


def test_too_little_is_said() -> None:
    given = answers(4)
    with pytest.raises(TooFewAnswers):
        drivers(given, "satisfaction", INDICATORS)
    with pytest.raises(TooFewAnswers, match="vary"):
        drivers(answers(50).with_columns(channel=pl.lit(1.0)), "satisfaction", INDICATORS)
    separated = pl.DataFrame({"y": [0] * 10 + [1] * 10, "x": [float(i) for i in range(20)]})
    with pytest.raises(TooFewAnswers, match="without a miss"):
        drivers(separated, "y", ["x"])
