"""The only address of this room: the payment service's webhook. What customers see is checkout's."""

from shop.payments import webhook

BLUEPRINTS = (webhook.blueprint,)
CSRF_EXEMPT = (webhook.stripe,)
