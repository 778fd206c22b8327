"""A receipt as PDF, on the paper of the medicine list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from shop.config import Pharmacy
from shop.medicine_list.printable import MISSING, Printed
from shop.medicine_list.sheet import FAMILY, heading, line, new_sheet, table
from shop.receipts.contents import Receipt

SOURCE = "Receipt"
HEAD, WIDTHS = ("Item", "Quantity", "Amount"), (64, 16, 20)
SUMS_HEAD, SUMS_WIDTHS = ("", "Amount"), (80, 20)


@dataclass(frozen=True)
class Writing:
    """How the store's locale writes a day, a figure and an amount in cents."""

    day: Callable[[datetime | date], str]
    number: Callable[[int], str]
    cents: Callable[[int], str]


def as_pdf(receipt: Receipt, pharmacy: Pharmacy, write: Writing, at: datetime) -> bytes:
    """The receipt as the bytes of a PDF, made `at` this time."""
    pdf = new_sheet(at, f"Receipt {receipt.number}", SOURCE)
    said = Printed(pdf.fonts[FAMILY.lower()].cmap)

    pdf.running = f"{said(pharmacy.name)}, order {receipt.number}"
    pdf.add_page()
    pdf.set_font(FAMILY, style="B", size=18)
    pdf.multi_cell(0, 9, "Receipt", new_x="LMARGIN", new_y="NEXT")
    line(pdf, said(f"{pharmacy.name}, {pharmacy.address}, {pharmacy.phone}"))
    line(pdf, f"Order {receipt.number}, ordered {write.day(receipt.ordered_at)}")
    line(pdf, f"Card charged {write.day(receipt.charged_at)}")
    if receipt.shipped_at:
        line(pdf, f"Shipped {write.day(receipt.shipped_at)}")
    heading(pdf, "Ship to")
    line(pdf, said(", ".join(receipt.recipient)))
    if receipt.method:
        by = f", promised by {write.day(receipt.promised_on)}" if receipt.promised_on else ""
        line(pdf, said(f"Delivery: {receipt.method}{by}"))
    heading(pdf, "Items")
    rows = [
        (
            said(f"{one.name} ({one.about})" if one.about else one.name),
            write.number(one.quantity),
            write.cents(one.cents),
        )
        for one in receipt.sold
    ]
    table(pdf, HEAD, WIDTHS, rows, "None.")
    heading(pdf, "Total")
    table(pdf, SUMS_HEAD, SUMS_WIDTHS, sums(receipt, write), "None.")
    if said.missing:
        pdf.ln(3)
        line(pdf, f"{MISSING} stands for characters this file can’t print. Your account shows them.")
    return bytes(pdf.output())


def sums(receipt: Receipt, write: Writing) -> list[tuple[str, str]]:
    """The rows below the items: their sum, delivery, sales tax, total, refunds, and what was kept."""
    rows = [
        ("Items", write.cents(sum(one.cents for one in receipt.sold))),
        (
            "Delivery",
            write.cents(receipt.delivery_cents),
        ),
    ]
    if receipt.tax_cents:
        rows.append(("Sales tax", write.cents(receipt.tax_cents)))
    if receipt.removed_cents:
        rows.append(("Deducted before shipping", write.cents(receipt.removed_cents)))
    rows.append(("Charged to the card", write.cents(receipt.charged_cents)))
    rows += [(f"Refunded {write.day(when)}", f"−{write.cents(cents)}") for when, cents in receipt.refunds]
    if receipt.refunds:
        rows.append(("Net paid", write.cents(receipt.kept_cents)))
    return rows
