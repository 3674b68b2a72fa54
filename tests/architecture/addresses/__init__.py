"""The table of addresses: who may open what, floor by floor."""

from tests.architecture.addresses import accounts, grants, notifications, payments, reviews
from tests.architecture.addresses.rows import Row

ROWS: tuple[Row, ...] = (*accounts.ROWS, *notifications.ROWS, *grants.ROWS, *payments.ROWS, *reviews.ROWS)
