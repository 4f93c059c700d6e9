"""Where a record of the marts lies in the raw tables."""

from __future__ import annotations

from tieout.sources.connectors import Trace

TRACE: Trace = {
    "customers": (("customers", "customer_id"),),
    "people": (("employees", "person_id"),),
    "products": (("products", "product_id"),),
    "contracts": (("contracts", "contract_id"),),
    "contract_rates": (("contract_rates", "contract_rate_id"),),
    "change_orders": (("change_orders", "change_order_id"),),
    "jobs": (("jobs", "job_id"),),
    "work_orders": (("work_orders", "work_order_id"),),
    "deliveries": tuple(
        (table, "delivery_id")
        for table in ("timesheets", "materials", "expenses", "milestones", "shipments")
    ),
    "costs": (("costs", "cost_id"),),
    "stock_moves": (("stock_moves", "stock_move_id"),),
}
