"""The fixed names of what is audited. A name, once used, is never reused for something else."""

from enum import StrEnum


class Event(StrEnum):
    ACCOUNT_REGISTERED = "account:registered"
    ACCOUNT_SIGNED_IN = "account:sign_in:success"
    ACCOUNT_SIGN_IN_FAILED = "account:sign_in:failure"
    ACCOUNT_SIGNED_OUT = "account:signed_out"
    ACCOUNT_PASSWORD_RESET = "account:password:reset"  # noqa: S105  (an event, no password)
    ACCOUNT_STAFF_CREATED = "account:staff:created"
    ACCOUNT_DEACTIVATED = "account:deactivated"

    PRESCRIPTION_SUBMITTED = "prescription:submitted"
    PRESCRIPTION_DOCUMENT_READ = "prescription:document:read"
    PRESCRIPTION_CLAIMED = "prescription:claimed"
    PRESCRIPTION_APPROVED = "prescription:approved"
    PRESCRIPTION_REFUSED = "prescription:refused"
    PRESCRIPTION_ASKED = "prescription:asked"
    PRESCRIPTION_ANSWERED = "prescription:answered"
    PRESCRIPTION_WITHDRAWN = "prescription:withdrawn"
    PRESCRIPTION_QUANTITY_HELD = "prescription:quantity:held"
    PRESCRIPTION_QUANTITY_RELEASED = "prescription:quantity:released"
    PRESCRIPTION_QUANTITY_DISPENSED = "prescription:quantity:dispensed"

    ORDER_CREATED = "order:created"
    ORDER_PLACED = "order:placed"
    ORDER_EXPIRED = "order:expired"
    ORDER_CANCELLED = "order:cancelled"
    ORDER_SHIPPED = "order:shipped"

    PAYMENT_AUTHORISED = "payment:authorised"
    PAYMENT_CAPTURED = "payment:captured"
    PAYMENT_VOIDED = "payment:voided"
    PAYMENT_FAILED = "payment:failed"

    LOT_RECEIVED = "stock:lot:received"
    LOT_QUARANTINED = "stock:lot:quarantined"
    LOT_RELEASED = "stock:lot:released"
    VARIANT_SALE_CHANGED = "catalogue:variant:sale_changed"
    CATALOGUE_LOADED = "catalogue:loaded"
    LOOKS_IMPORTED = "catalogue:looks:imported"
    PRODUCTS_LISTED = "catalogue:products:listed"
    PRODUCTS_UNLISTED = "catalogue:products:unlisted"
    MAIL_EXCLUSION_ADDED = "catalogue:not_by_mail:added"
    MAIL_EXCLUSION_REMOVED = "catalogue:not_by_mail:removed"
    MAIL_EXCLUSIONS_LOADED = "catalogue:not_by_mail:loaded"
    PRICE_RULE_SET = "catalogue:price_rule:set"
    PRICE_RULE_REMOVED = "catalogue:price_rule:removed"
    PRICES_MADE = "catalogue:prices:made"
    PRICE_LIST_READ = "catalogue:prices:list_read"
    VARIANT_PRICE_SET = "catalogue:variant:price_set"
    VARIANT_PRICED_BY_RULE = "catalogue:variant:priced_by_rule"
