"""The fixed names of what is audited. A name, once used, is never reused for something else."""

from enum import StrEnum

_FORMER = {"order:cancelled": "order:canceled", "payment:authorised": "payment:authorized"}
"""Names of older records, which are sealed and never rewritten, by what such an event is called now."""


class Event(StrEnum):
    """`Event(name)` knows a former name too. Who asks the database for one asks for `event.names`."""

    ACCOUNT_REGISTERED = "account:registered"
    ACCOUNT_SIGNED_IN = "account:sign_in:success"
    ACCOUNT_SIGN_IN_FAILED = "account:sign_in:failure"
    ACCOUNT_SIGNED_OUT = "account:signed_out"
    ACCOUNT_PASSWORD_RESET = "account:password:reset"  # noqa: S105  (an event, no password)
    ACCOUNT_STAFF_CREATED = "account:staff:created"
    ACCOUNT_DEACTIVATED = "account:deactivated"

    PATIENT_ADDED = "patient:added"
    PATIENT_CHANGED = "patient:changed"
    PATIENT_HEALTH_CHANGED = "patient:health:changed"
    PATIENT_HEALTH_CONFIRMED = "patient:health:confirmed"
    PATIENT_READ = "patient:read"
    PATIENT_REMOVED = "patient:removed"
    PATIENT_RESTORED = "patient:restored"

    NOTICE_ACKNOWLEDGED = "notice:acknowledged"

    PRESCRIPTION_SUBMITTED = "prescription:submitted"
    PRESCRIPTION_DOCUMENT_READ = "prescription:document:read"
    PRESCRIPTION_FILES_SENT = "prescription:files:sent"
    PRESCRIPTION_FILE_REFUSED = "prescription:file:refused"
    PRESCRIPTION_CLAIMED = "prescription:claimed"
    PRESCRIPTION_APPROVED = "prescription:approved"
    PRESCRIPTION_REFUSED = "prescription:refused"
    PRESCRIPTION_REVOKED = "prescription:revoked"
    PRESCRIPTION_TRANSFERRED = "prescription:transferred"
    PRESCRIPTION_UNDONE = "prescription:undone"
    PRESCRIPTION_ASKED = "prescription:asked"
    PRESCRIPTION_ANSWERED = "prescription:answered"
    PRESCRIPTION_WITHDRAWN = "prescription:withdrawn"
    PRESCRIPTION_ENTERED = "prescription:entered"
    PRESCRIPTION_DISCARDED = "prescription:discarded"
    PRESCRIPTION_CONFIRMED = "prescription:confirmed"
    PRESCRIPTION_CONFIRMATION_UNDONE = "prescription:confirmation:undone"
    PRESCRIPTION_FILL_OPENED = "prescription:fill:opened"
    PRESCRIPTION_FILLS_COMBINED = "prescription:fills:combined"
    PRESCRIPTION_QUANTITY_HELD = "prescription:quantity:held"
    PRESCRIPTION_QUANTITY_RELEASED = "prescription:quantity:released"
    PRESCRIPTION_QUANTITY_DISPENSED = "prescription:quantity:dispensed"

    PRESCRIBER_ADDED = "prescriber:added"
    PRESCRIBER_CHANGED = "prescriber:changed"

    ORDER_REVIEWED = "order:reviewed"
    ORDER_CREATED = "order:created"
    ORDER_PLACED = "order:placed"
    ORDER_EXPIRED = "order:expired"
    ORDER_CANCELED = "order:canceled"
    ORDER_SHIPPED = "order:shipped"

    PAYMENT_AUTHORIZED = "payment:authorized"
    PAYMENT_CAPTURED = "payment:captured"
    PAYMENT_VOIDED = "payment:voided"
    PAYMENT_REFUNDED = "payment:refunded"
    PAYMENT_MOVEMENT_REQUESTED = "payment:movement:requested"
    PAYMENT_MOVEMENT_DONE = "payment:movement:done"
    PAYMENT_MOVEMENT_REFUSED = "payment:movement:refused"
    PAYMENT_FAILED = "payment:failed"

    LOT_RECEIVED = "stock:lot:received"
    LOT_QUARANTINED = "stock:lot:quarantined"
    LOT_RELEASED = "stock:lot:released"
    LOT_ASSIGNED = "stock:lot:assigned"
    LOT_UNASSIGNED = "stock:lot:unassigned"
    VARIANT_SALE_CHANGED = "catalogue:variant:sale_changed"
    CATALOGUE_LOADED = "catalogue:loaded"
    APPEARANCES_IMPORTED = "catalogue:looks:imported"
    SURVEY_IMPORTED = "catalogue:survey:imported"
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
    PRODUCT_MADE = "catalogue:product:made"
    PRODUCT_CHANGED = "catalogue:product:changed"
    PRODUCT_WITHDRAWN = "catalogue:product:withdrawn"
    PRODUCT_RESTORED = "catalogue:product:restored"
    VARIANT_MADE = "catalogue:variant:made"
    VARIANT_CHANGED = "catalogue:variant:changed"
    VARIANT_WITHDRAWN = "catalogue:variant:withdrawn"
    VARIANT_RESTORED = "catalogue:variant:restored"
    PACK_MADE = "catalogue:pack:made"
    PACK_CHANGED = "catalogue:pack:changed"
    PACK_WITHDRAWN = "catalogue:pack:withdrawn"
    PACK_RESTORED = "catalogue:pack:restored"
    DIRECTORY_IMPORTED = "catalogue:directory:imported"
    RELEASES_JOINED = "catalogue:releases:joined"
    RELEASES_PARTED = "catalogue:releases:parted"
    PACK_SIZE_STATED = "catalogue:pack:size_stated"
    PACK_SIZE_TAKEN_BACK = "catalogue:pack:size_taken_back"

    @classmethod
    def _missing_(cls, value: object) -> "Event | None":
        now = _FORMER.get(str(value))
        return None if now is None else cls(now)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that records of this event bear."""
        return (self.value, *(former for former, now in _FORMER.items() if now == self.value))
