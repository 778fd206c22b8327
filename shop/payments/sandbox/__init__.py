"""A stand-in for Stripe on the developer's own machine: no account, no network, no real card.

It speaks the part of Stripe's HTTP interface that this store uses, and only that; what it does not know it
refuses aloud instead of guessing.

- Checkout Sessions: create, retrieve, list, expire, line items. `mode=payment`, hosted page, cards, manual
  capture only.
- Payment Intents that those sessions made: retrieve, list, update (metadata, description), capture, cancel.
- Charges: retrieve, list. Refunds: create, retrieve, list. Events: retrieve, list.
- Lists newest first, by `limit`, `starting_after` and `created[gte]` (gt, lt, lte), with `has_more`.
- Form-encoded bracket parameters, `expand[]`, `Idempotency-Key` with replay, error objects, test keys only.
- Webhooks with the `Stripe-Signature` v1 scheme, delivered after the response, repeated until a 2xx.
- The hosted page with Stripe's test cards, at `/pay/<session>`.

Not here: automatic capture, 3-D Secure, wallets, saved customers, a dispute's course, fees, zero-decimal
currencies, several line-item currencies. Objects carry all of Stripe's fields; what the sandbox does not
play is null.

It imports nothing of the store, so it can be run, tested and thrown away alone.
"""

from shop.payments.sandbox.app import create_sandbox

__all__ = ["create_sandbox"]
