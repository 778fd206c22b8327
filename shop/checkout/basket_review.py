"""Reading for checkout: the basket line by line, with its prices and what stands in the way of each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from shop.accounts import queries as accounts
from shop.addresses import PostalAddress
from shop.basket import queries as basket
from shop.basket.owner import BasketOwner
from shop.basket.queries import BasketLineFacts
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.catalogue.sale_units import SoldAs, pack_sizes_for
from shop.checkout import rules
from shop.checkout.delivery import delivery_of
from shop.checkout.priced_basket import BasketReview, LineReview
from shop.checkout.reserved_stock import ReservedStock, reserved_by_unpaid_order
from shop.checkout.reviewed import Reviewed, reviewed
from shop.checkout.terms import Terms
from shop.checkout.verdicts import LineFacts
from shop.checkout.whom import Before, Whose, patients_of_lines, takers_of_lines
from shop.money import line_total_cents
from shop.orders.safety_review import Buyer, SafetyReview, Wanted, review_lines
from shop.patients import queries as patients
from shop.patients.queries import PatientFacts
from shop.prescriptions.ledger.coverage import Coverage, coverage_of
from shop.prescriptions.ledger.medicines_covered import Pair
from shop.safety.sale import sale_refusal
from shop.stock import queries as stock
from shop.stock.rules import outlasts


def review_basket(
    owner: BasketOwner | None,
    terms: Terms,
    today: date,
    to: PostalAddress | None = None,
    method: str = "",
    buyer_id: int | None = None,
) -> BasketReview:
    """What is in the basket, what it costs today, and per line the first thing that stands in the way.

    `to` is where it is sent; unless it is said, the address the customer used last.
    `method` is the code of the delivery method that was asked for, `buyer_id` the guest who is about to
    order, whom the basket does not name yet.
    """
    lines = basket.lines(owner)
    variants = catalogue.variants(line.variant_id for line in lines)
    lines = [line for line in lines if line.variant_id in variants]
    user_id, buyer_id = (owner.user_id if owner else None), buyer_id or basket.buyer_of(owner)
    holds = reserved_by_unpaid_order(buyer_id)
    on_prescription = [line for line in lines if variants[line.variant_id].prescription_required]
    known = tuple(patients.of_account(user_id)) if lines else ()
    whom = patients_of_lines(on_prescription, known)
    takers = takers_of_lines([line for line in lines if line.id not in whom], known)
    of_line = _coverages(user_id, on_prescription, whom, today, holds)
    free = _available(lines, of_line, terms, today)
    buyer = Buyer(buyer_id, to or _last_address(user_id), holds.number)
    wanted = [
        Wanted(line.id, line.variant_id, line.quantity, variants[line.variant_id].prescription_required)
        for line in lines
    ]
    safety = review_lines(wanted, buyer, today)
    drugs = reviewed(lines, whom, of_line, known, user_id, today, holds.number)
    shared = (free, holds, terms, user_id, safety, drugs)
    reviews: list[LineReview] = []
    for line in lines:
        patient, variant = {**takers, **whom}[line.id], variants[line.variant_id]
        must_choose = bool(known or line.patient_id) and line.id in whom and patient is None
        whose = Whose(patient, not must_choose, _before(reviews, line.variant_id, patient))
        reviews.append(_review(line, variant, of_line.get(line.id), whose, *shared))
    subtotal = sum(review.total_cents or 0 for review in reviews)
    units = [(line.variant_id, line.quantity) for line in lines]
    delivery = delivery_of(terms, units, variants, buyer.state, subtotal, method)
    about = (delivery.cents, holds.number, buyer.state, safety.age_asked, known)
    return BasketReview(tuple(reviews), *about, drugs, delivery)


def _before(reviews: Iterable[LineReview], variant_id: int, patient: PatientFacts | None) -> Before:
    same = [line for line in reviews if line.variant.id == variant_id]
    theirs = [line.quantity for line in same if line.patient == patient]
    return Before(sum(line.quantity for line in same), sum(theirs))


def _last_address(user_id: int | None) -> PostalAddress | None:
    kept = accounts.addresses_of(user_id) if user_id else []
    return kept[0].address if kept else None


def _coverages(
    user_id: int | None,
    lines: Sequence[BasketLineFacts],
    whom: Mapping[int, PatientFacts | None],
    today: date,
    holds: ReservedStock,
) -> dict[int, Coverage]:
    """By line; lines of one medicine for one patient are asked about together."""
    if user_id is None:
        return {}
    pairs = {line.id: (_id(whom[line.id]), line.variant_id) for line in lines}
    units: Counter[Pair] = Counter()
    for line in lines:
        units[pairs[line.id]] += line.quantity
    found = coverage_of(user_id, units, today, holds.line_ids)
    return {line_id: found[pair] for line_id, pair in pairs.items()}


def _id(patient: PatientFacts | None) -> int | None:
    return patient.id if patient else None


Free = dict[tuple[int, date], dict[int | None, int]]


def _available(
    lines: list[BasketLineFacts], coverages: Mapping[int, Coverage], terms: Terms, today: date
) -> tuple[dict[int, date], Free]:
    """Per line the day its lots have to last until, and by variant, day and pack size the units free in such
    lots. A query per day.
    """
    days = {
        line.id: outlasts(
            today, terms.delivery_days, rules.supply_days(line.quantity, fill_of(coverages.get(line.id)))
        )
        for line in lines
    }
    free: Free = {}
    for day in sorted(set(days.values())):
        variant_ids = sorted({line.variant_id for line in lines if days[line.id] == day})
        found = stock.available_by_size(variant_ids, day)
        free |= {(variant_id, day): sizes for variant_id, sizes in found.items()}
    return days, free


def _sellable(variant: VariantFacts, quantity: int, sizes: dict[int | None, int]) -> int:
    """Units free for a line of `quantity`: closed packs leave in one size, of which there are the most."""
    if variant.sold_as != SoldAs.CLOSED:
        return sum(sizes.values())
    fitting = pack_sizes_for(quantity, (size for size in sizes if size))
    return max((sizes[size] for size in fitting), default=0)


def fill_of(coverage: Coverage | None) -> tuple[int, int] | None:
    """Units of one fill and the days they last, where the prescription says so."""
    if coverage is None or not coverage.days_supply or not coverage.fill_quantity:
        return None
    return coverage.fill_quantity, coverage.days_supply


def _review(
    line: BasketLineFacts,
    variant: VariantFacts,
    coverage: Coverage | None,
    whose: Whose,
    stock_free: tuple[dict[int, date], Free],
    holds: ReservedStock,
    terms: Terms,
    user_id: int | None,
    safety: SafetyReview,
    drugs: Reviewed,
) -> LineReview:
    days, free = stock_free
    day = days[line.id]
    sizes = free.get((variant.id, day), {})
    sellable = _sellable(variant, line.quantity, sizes) + holds.by_variant.get(variant.id, 0)
    available = max(0, sellable - whose.before.units)
    refusal = sale_refusal(variant, terms.market)
    facts = LineFacts(
        quantity=line.quantity,
        sale_refusal=refusal.value if refusal else None,
        not_by_mail=variant.not_by_mail,
        available=available,
        prescription_required=variant.prescription_required,
        signed_in=user_id is not None,
        coverage=coverage.state if coverage else "none",
        now=max(0, coverage.now - whose.before.on_prescription) if coverage else 0,
        next_fill_on=coverage.next_fill_on if coverage else None,
        next_units=coverage.next_units if coverage else 0,
        elsewhere=coverage.elsewhere if coverage else 0,
        refusal=coverage.reason_sentence if coverage else None,
        in_packs=variant.allows(line.quantity),
        packs=variant.quantities,
        smallest=min(variant.quantities, default=1) if variant.whole_packs else 1,
        barred=safety.barred.get(line.id),
        over_limit=safety.over_limit.get(line.id),
        patient_known=whose.known,
        stopped=line.id in drugs.stopped,
        reason_shown=line.id in drugs.stopped & drugs.over_the_counter,
        takers=drugs.has_takers,
    )
    price = variant.price_for(line.quantity)
    total = None if price is None else line_total_cents(price, line.quantity)
    sums, looked_at = (total, available, day, coverage), line.id in drugs.looked_at
    verdict = rules.verdict(facts)
    fits = variant.nearest(rules.clears_at(verdict.state, facts))
    answers = (verdict, safety.most.get(line.id), whose.patient, looked_at)
    return LineReview(line.id, variant, line.quantity, *sums, *answers, fits, line.someone_else)
