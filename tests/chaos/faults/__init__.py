"""The fault matrix: every row of issue 3 as one entry of TABLE."""

from faults import broker, clocks, database, messages, odoo, operators, plc, processes  # noqa: F401
from faults.table import TABLE  # noqa: F401
