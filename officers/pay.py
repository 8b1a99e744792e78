"""An officer's pay as a chart: bars in percent of the widest, so that the drawing is as wide as the page and its words
stay as large as all others. The same numbers stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from officers.models import Salary

WIDEST = 50
"""Percent of the width that the longest bar takes: the year stands before it, the amount after it."""
ROW = 40  # pixels of a year
BAR = 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One year. `pay` and `overtime` are widths in percent; where the words after it begin is `end`."""

    year: str
    y: int
    words_y: int
    salary: Salary
    pay: str
    overtime: str
    end: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    height: int
    bar_height: int
    in_words: str
    has_overtime: bool
    has_departments: bool


def chart(salaries: Sequence[Salary]) -> Chart | None:
    """Of pay in the order of lists, the latest year first; None when nothing is known."""
    if not salaries:
        return None
    most = max(salary.total_pay for salary in salaries) or Decimal(1)
    bars = [_bar(salary, number, most) for number, salary in enumerate(salaries)]
    return Chart(
        bars=bars,
        height=ROW * len(bars),
        bar_height=BAR,
        in_words=_in_words(salaries),
        has_overtime=any(salary.overtime_pay for salary in salaries),
        has_departments=len({salary.department_id for salary in salaries}) > 1,
    )


def year(salary: Salary) -> str:
    return f"FY {salary.year}" if salary.is_fiscal_year else str(salary.year)


def _bar(salary: Salary, number: int, most: Decimal) -> Bar:
    pay = salary.salary / most * WIDEST
    overtime = (salary.overtime_pay or Decimal(0)) / most * WIDEST
    top = number * ROW + (ROW - BAR) // 2
    return Bar(
        year=year(salary),
        y=top,
        words_y=top + BAR // 2,
        salary=salary,
        pay=f"{pay:.2f}%",
        overtime=f"{overtime:.2f}%",
        end=f"{pay + overtime:.2f}%",
    )


def _in_words(salaries: Sequence[Salary]) -> str:
    latest, first = salaries[0], salaries[-1]
    highest = max(salaries, key=lambda salary: salary.total_pay)
    if latest == first:
        return f"${latest.total_pay:,.0f} in {year(latest)}."
    return (
        f"From ${first.total_pay:,.0f} in {year(first)} to ${latest.total_pay:,.0f} in {year(latest)};"
        f" the most, ${highest.total_pay:,.0f}, in {year(highest)}."
    )
