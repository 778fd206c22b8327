"""How the demonstration's medicines are prescribed in it, so that directions, quantity and days agree.

Ordinary directions, for a believable past and nothing else: no dosing advice, and nothing reads them as such.
"""

from dataclasses import dataclass

TIMES = {1: "once daily", 2: "twice daily", 3: "three times a day", 4: "four times a day"}
MONTH, QUARTER = 30, 90


@dataclass(frozen=True)
class Regimen:
    """`a_day` units, for `days`; a course that ends (`refills` 0) is ordered once."""

    a_day: int
    days: int
    refills: int

    @property
    def quantity(self) -> int:
        return self.a_day * self.days

    def directions(self, form: str) -> str:
        """ "1 tablet twice daily"."""
        return f"1 {'capsule' if 'capsule' in form else 'tablet'} {TIMES[self.a_day]}"


_A_DAY = {
    "baclofen-tablets": 3,
    "carvedilol-tablets": 2,
    "carbamazepine-tablets": 2,
    "diltiazem-tablets": 4,
    "hydroxychloroquine-tablets": 2,
}
_COURSES = {
    "amoxicillin-capsules": Regimen(3, 7, 0),
    "clarithromycin-tablets": Regimen(2, 7, 0),
    "methocarbamol-tablets": Regimen(4, 10, 0),
    "methylprednisolone-tablets": Regimen(1, 21, 0),
    "ondansetron-tablets": Regimen(3, 10, 0),
    "prednisone-tablets": Regimen(1, 20, 0),
    "sulfamethoxazole-trimethoprim-tablets": Regimen(2, 7, 0),
}


def regimen(product: str, for_a_quarter: bool) -> Regimen:
    """How a product is taken: a course, or each day, supplied for a month with five refills or a quarter."""
    if product in _COURSES:
        return _COURSES[product]
    a_day = _A_DAY.get(product, 1)
    return Regimen(a_day, QUARTER, 3) if for_a_quarter and a_day == 1 else Regimen(a_day, MONTH, 5)
