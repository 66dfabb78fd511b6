import pytest

from bartizan.report.money import days, money, share, short


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "CHF 0"),
        (999.4, "CHF 999"),
        (985_400, "CHF 985,000"),
        (999_900, "CHF 1 million"),
        (1_480_000, "CHF 1.48 million"),
        (2.5e9, "CHF 2.5 billion"),
    ],
)
def test_sums_have_three_digits_and_a_word(value: float, said: str) -> None:
    assert money(value, "CHF") == said


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (62.7, "63"), (10_000, "10k"), (2.25e6, "2.25m"), (1e9, "1bn")])
def test_axes_write_sums_briefly(value: float, said: str) -> None:
    assert short(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 %"), (0.0004, "under 0.1 %"), (0.038, "3.8 %"), (0.378, "38 %"), (1, "100 %")]
)
def test_shares(value: float, said: str) -> None:
    assert share(value) == said


def test_one_day_is_singular() -> None:
    assert [days(value) for value in (1, 2.5, 37)] == ["1 person-day", "2.5 person-days", "37 person-days"]
