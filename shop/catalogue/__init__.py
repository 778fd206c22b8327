"""Catalogue: ingredients, products, dosage variants, packs and prices; finding them; their public pages."""
