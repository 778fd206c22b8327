"""What the first view of a page weighs: every byte Chromium receives with an empty cache, headers included.

Only the icon is not counted: without a window Chromium doesn't fetch one.
`python -m bench.first_view URL…` prints the weight, and `make bench` writes it into its table.
"""

import sys
from collections.abc import Mapping

from playwright.sync_api import Browser, sync_playwright

from tests.journeys.conftest import CHROMIUM_FLAGS

LIMIT = 60_000  # bytes over the wire, in all


def first_views(urls: Mapping[str, str]) -> dict[str, int]:
    """Bytes of each of these pages, by its name."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        weights = {name: _weight(browser, url) for name, url in urls.items()}
        browser.close()
    for name, weight in weights.items():
        if weight > LIMIT:
            print(f"note: the first view of {name} weighs {weight} bytes, over {LIMIT}", file=sys.stderr)
    return weights


def _weight(browser: Browser, url: str) -> int:
    """`encodedDataLength` of the DevTools protocol: response headers and compressed bodies as received."""
    context = browser.new_context()  # of its own: an empty cache
    page = context.new_page()
    received: list[float] = []
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    context.close()
    return round(sum(received))


if __name__ == "__main__":
    for name, weight in first_views({url: url for url in sys.argv[1:]}).items():
        print(f"{weight / 1000:6.1f} kB  {name}")
