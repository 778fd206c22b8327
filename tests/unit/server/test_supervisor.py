"""When a part that ended is started again."""

import pytest

from shop.server.supervisor import restart_delay


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (500, 30)])
def test_each_end_in_a_row_waits_longer_up_to_half_a_minute(failures, seconds):
    assert restart_delay(failures) == seconds
