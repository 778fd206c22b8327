"""Catalogue: ingredients, products, variants and packs; what pages and lists need to know of them."""
