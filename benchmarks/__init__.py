"""Measures the product as it runs in production: ``make bench`` and ``make soak``. Never imported by the product."""
