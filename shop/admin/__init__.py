"""The admin's desk: stock, deliveries, orders to pack, what is for sale, failing jobs. Screens, no rules."""
