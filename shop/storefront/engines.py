"""What search engines are told: which address a page has, what is sold on it, and which pages there are.

Nothing that the page itself does not show: schema.org/Drug, with the price of one unit as an offer.
"""

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from sqlalchemy import func, select

from shop.catalogue.models import Product
from shop.config import Settings
from shop.database import db
from shop.listing.medicine import Medicine
from shop.storefront.medicine_page import MedicinePage

PER_FILE = 20_000
"""Addresses of one file; the protocol of sitemaps allows 50,000."""
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
FIXED = ("/", "/medicines", "/identify", "/privacy")


def drug(medicine: Medicine, page: MedicinePage, config: Settings, path: str) -> dict[str, Any]:
    """schema.org/Drug of a medicine at one strength; with an offer where it is sold and priced."""
    facts, address = page.chosen.facts, config.public_url + path
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Drug",
        "name": f"{medicine.name} {facts.strength}",
        "url": address,
        "activeIngredient": list(medicine.ingredients),
        "dosageForm": medicine.form,
        "administrationRoute": medicine.route,
        "prescriptionStatus": f"https://schema.org/{_status(medicine)}",
    }
    if medicine.brand == medicine.name:
        data["brand"] = {"@type": "Brand", "name": medicine.brand}
    if page.price and page.refusal is None:
        unit: dict[str, Any] = {
            "@type": "UnitPriceSpecification",
            "price": f"{page.price.normalize():f}",
            "priceCurrency": config.currency,
            "unitText": medicine.form if medicine.unit == "pill" else medicine.unit,
        }
        if page.has_breaks:  # at another quantity a unit costs something else
            unit["eligibleQuantity"] = {
                "@type": "QuantitativeValue",
                "value": next(one.quantity for one in page.totals if one.chosen),
            }
        data["offers"] = {
            "@type": "Offer",
            "url": address,
            "priceSpecification": unit,
            "availability": f"https://schema.org/{'InStock' if page.can_be_bought else 'OutOfStock'}",
            "seller": {"@type": "Pharmacy", "name": config.pharmacy.name},
        }
    return data


def _status(medicine: Medicine) -> str:
    return "PrescriptionOnly" if medicine.prescription_required else "OTC"


def sitemap_files() -> int:
    """How many files the listed medicines take; 1 at least."""
    listed = db.session.scalar(select(func.count()).where(Product.listed_at.is_not(None))) or 0
    return max(1, -(-listed // PER_FILE))


def sitemap_index(config: Settings) -> str:
    """The index: one entry a file."""
    numbers = range(1, sitemap_files() + 1)
    return _xml(
        "sitemapindex", "sitemap", (f"{config.public_url}/sitemap-{number}.xml" for number in numbers)
    )


def sitemap(number: int, config: Settings) -> str | None:
    """One file of addresses, the first with the fixed pages; None where there is no such file."""
    if not 1 <= number <= sitemap_files():
        return None
    slugs = db.session.scalars(
        select(Product.slug)
        .where(Product.listed_at.is_not(None))
        .order_by(Product.id)
        .limit(PER_FILE)
        .offset((number - 1) * PER_FILE)
    )
    paths = [*(FIXED if number == 1 else ()), *(f"/medicines/{slug}" for slug in slugs)]
    return _xml("urlset", "url", (config.public_url + path for path in paths))


def _xml(whole: str, part: str, addresses: Iterable[str]) -> str:
    entries = "".join(f"<{part}><loc>{escape(address)}</loc></{part}>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} xmlns="{SITEMAPS}">\n{entries}</{whole}>\n'
