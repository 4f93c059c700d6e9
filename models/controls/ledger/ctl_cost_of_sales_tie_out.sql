-- One row per ledger and month end: its accounts of cost of sales and work in progress are not the costs and pay, by their records.
{{ tie_out_control('cost_of_sales_tie_out') }}
