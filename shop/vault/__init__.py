"""The vault: files and short texts sealed by key, each bound to the row it belongs to; key rotation."""
