"""What a screen reader is told: the name of every control, each page’s own title, and what was wrong."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error, Page

SCRIPT = (Path(__file__).parent / "reading.js").read_text()
CONTROLS = {
    *("button", "checkbox", "combobox", "Date", "link", "listbox", "menuitem"),
    *("radio", "searchbox", "slider", "spinbutton", "switch", "textbox"),
}
NEVER_FAIL = (  # by the end of its address: a form without a wrong answer, as far as a page lets one be given
    "/basket",  # one of the quantities on the page
    "/check",  # the pharmacist’s checks: what is missing is what they say
    "/lines/*",
    "/account/emails",
    "/reset-password",  # whether the address has an account is told to nobody
)


@dataclass
class Reader:
    """Goes along where pages are opened, and keeps what it met."""

    titles: dict[str, set[str]] = field(default_factory=dict)
    forms: dict[tuple[str, ...], tuple[Page, str]] = field(default_factory=dict)

    def look(self, page: Page, address: str) -> list[str]:
        """Controls without a name on the open page; its title and forms are remembered."""
        self.titles.setdefault(page.title(), set()).add(address)
        for form in page.evaluate(f"{SCRIPT}.forms()"):
            self.forms.setdefault((form["action"], *form["fields"]), (page, address))
        client = page.context.new_cdp_session(page)
        nodes = client.send("Accessibility.getFullAXTree")["nodes"]
        client.detach()
        heard = [(node["role"]["value"], node.get("name", {})) for node in nodes if not node["ignored"]]
        return [
            f"a {role} without a name"
            for role, name in heard
            if role in CONTROLS and not name.get("value", "").strip()
        ]

    def shared_titles(self) -> list[str]:
        """Titles of more than one page."""
        return [f"“{title}” is {sorted(pages)}" for title, pages in self.titles.items() if len(pages) > 1]

    def failed(self) -> list[str]:
        """Send every form that was met with something wrong in it, and say where that is not said well."""
        faults = []
        for (action, *fields), (page, address) in self.forms.items():
            if not action.endswith(NEVER_FAIL):
                said = _sent_wrong(page, address, [action, *fields])
                faults += [f"{address}: {action} with {', '.join(fields)}: {one}" for one in said]
        return faults


def _sent_wrong(page: Page, address: str, wanted: list[str]) -> list[str]:
    for how in ("too much", "empty"):
        page.goto(address)
        forms = page.evaluate(f"{SCRIPT}.forms()")
        place = next((one["place"] for one in forms if [one["action"], *one["fields"]] == wanted), None)
        if place is None:
            return ["the form is gone"]
        form = page.evaluate_handle(f"(place) => {SCRIPT}.form(place)", place)
        with page.expect_navigation() as answer:
            form.evaluate(f"(form, how) => {SCRIPT}.send(form, how)", how)
        if answer.value.status >= 400 or page.locator("main [role=alert]").count():
            with suppress(Error):  # autofocus comes with a frame, after the page has loaded
                page.wait_for_function("document.activeElement !== document.body", timeout=10_000)
            return page.evaluate(f"{SCRIPT}.faults()")
    return ["nothing was refused"]
