"""The demonstration's past: ninety days of a pharmacy, so that its first minute shows one that is in use.

`people` and `regimens` say who takes what, `plan` what happened when (pure, the same each time, counted back
from now); the others write it through the rooms' own services, dated: `shelf` stock, `scripts` prescriptions
with the `papers` they came on, `selling` orders, `bank` their money in the payment sandbox, `past` surveys
and searches. `service` does it all in the transaction that loads the demonstration. Nobody in it is real.
"""
