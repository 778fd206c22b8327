"""The states that pages show: each is looked at in forced colors, where tints are gone."""

UNCHECK = "label => { label.control.checked = false }"
UNMARK = "element => element.removeAttribute('aria-current')"
UNCHECK_ROW = "row => { row.querySelector('input').checked = false }"
VALID = "field => field.removeAttribute('aria-invalid')"
BOX = "<input type=radio checked style='visibility:hidden'>"  # so that only the row's own look is judged
# What is looked at: where, what is in the state, and what takes the state away.
STATES = [
    ("/medicines/baclofen-tablets", ".segmented [aria-current]", UNMARK),  # the chosen strength
    ("/medicines/baclofen-tablets", ".quantities input:checked + label", UNCHECK),
    ("/medicines/baclofen-tablets", "tr.this", "row => row.classList.remove('this')"),
    ("/medicines/baclofen-tablets", ".buy .in", "level => level.className = 'out'"),
    ("/medicines/baclofen-tablets", ".buy .in", "level => level.className = 'few'"),
    ("/medicines?letter=B", ".thumb [aria-current]", UNMARK),
    ("/medicines?form=tablet", "header nav [aria-current]", UNMARK),
    ("/identify?shape=round", ".appearances input:checked + label", UNCHECK),
    ("/basket", ".button.wide", "button => button.removeAttribute('aria-disabled')"),
]
CHECK = "<ul class=checks><li class=stops><b class=verdict>Stops</b></li></ul>"
# Parts of pages that take a whole journey to reach, drawn with the store's own style sheets.
PARTS = [
    ("<ol class=timeline><li><div>Packed</div></li></ol>", "li", "li => li.className = 'next'"),
    ("<ol class=timeline><li class=now><div>Packed</div></li></ol>", "li", "li => li.className = 'next'"),
    ("<ol class=timeline><li class=now><div>Packed</div></li></ol>", "li", "li => li.className = ''"),
    (CHECK, "li", "li => li.className = 'needs'"),
    (CHECK, "li", "li => li.className = 'passed'"),
    ("<nav class=queue><a href=# aria-current=page>Ada</a></nav>", "a", UNMARK),
    ("<nav class=tabs><ul><li><a href=# aria-current=page>Packed</a></li></ul></nav>", "a", UNMARK),
    (
        "<div class=suggestions><a href=# aria-selected=true>Baclofen</a></div>",
        "a",
        "a => a.setAttribute('aria-selected', 'false')",
    ),
    ("<fieldset class=addresses><label><input type=radio checked>Home</label></fieldset>", "label", UNCHECK),
    ("<p class=flash>Saved</p>", "p", "p => p.className = ''"),
    ("<ul class=legend><li class='key k4'>Soon</li></ul>", "li", "li => li.className = 'key k2'"),
    ("<div class=field><input aria-invalid=true></div>", ".field [aria-invalid]", VALID),
    ("<div class=seen><input type=checkbox aria-invalid=true></div>", ".seen [aria-invalid]", VALID),
    ("<div class=decision><input aria-invalid=true></div>", ".decision [aria-invalid]", VALID),
    ("<nav class=whose><a href=# aria-current=page>Ada</a></nav>", ".whose [aria-current]", UNMARK),
    (
        f"<table class=dense><tbody><tr><td>{BOX}</td><td>K1</td></tr></tbody></table>",
        ".dense tr:has(:checked)",
        UNCHECK_ROW,
    ),
    (
        f"<ul class=choices><li>{BOX}<b>Baclofen</b></li></ul>",
        ".choices li:has(:checked)",
        UNCHECK_ROW,
    ),
]

WRITTEN = {
    ".segmented :is(input:checked + label, [aria-current])": ".segmented [aria-current]",
    ".appearances input:checked + label": ".appearances input:checked + label",
    ".addresses label:has(:checked)": "class=addresses",
    ".suggestions a:is(:hover, [aria-selected=true])": "class=suggestions",
    ".suggestions a[aria-selected=true]": "class=suggestions",
    ".places :is(a:hover, .as-link:hover, .menu-button:hover, [aria-current])": "header nav [aria-current]",
    ".places [aria-current]": "header nav [aria-current]",
    ".queue [aria-current]": "class=queue",
    ".tabs [aria-current]": "class=tabs",
    ".thumb [aria-current]": ".thumb [aria-current]",
    ".field [aria-invalid]": ".field [aria-invalid]",
    ".seen [aria-invalid]": ".seen [aria-invalid]",
    ".decision [aria-invalid]": ".decision [aria-invalid]",
    ".whose [aria-current]": ".whose [aria-current]",
    ".dense tr:has(:checked)": ".dense tr:has(:checked)",
    ".choices li:has(:checked)": ".choices li:has(:checked)",
}
"""Each state as the style sheets select it, and what stands in the row above that looks at it."""
