-- A company of services in files of the input layer: `rows` deliveries and as many invoice lines, and the deals, contracts,
-- rates, jobs, work orders, invoices, receipts and applications that they need. Every view becomes one file. Nothing is drawn:
-- each value follows from its row's number, so two runs write the same files.
-- A job (n) has one deal of four lines, forty deliveries (i) and five invoices (v) of eight lines. Jobs of even numbers are
-- time and materials under a contract whose rates rise after sixty days, the others are orders at the deal line's price.
create or replace macro started(n) as date '2025-01-01' + cast(n % 480 as integer);
create or replace macro money_of(n) as case when n % 5 = 0 then 'EUR' else 'GBP' end;
create or replace macro product_of(n, k) as (n * 4 + k) % 200;
create or replace macro price(n, k) as cast(40 + product_of(n, k) % 61 + 0.25 * (n % 4) as decimal(18, 6));
create or replace macro hours(i) as cast((i % 31 + 1) * 0.25 as decimal(18, 6));
create or replace macro days_in(i) as cast((i % 40) * 2 as integer);

create or replace view customers as
select
    'C' || lpad(c::varchar, 6, '0') as customer_id,
    ['Harrow', 'Elm', 'Castle', 'Bridge', 'Mill', 'Station', 'Abbey', 'Orchard', 'Quay', 'Park'][c % 10 + 1] || ' '
    || ['Logistics', 'Foods', 'Retail', 'Energy', 'Health', 'Hotels', 'Schools', 'Media', 'Water', 'Steel'][(c // 10) % 10 + 1]
    || ' ' || (c // 100 + 1) || ' Ltd' as customer_name,
    'GB' || (200000000 + c * 7919) as tax_number, 'GB' as country, timestamp '2024-12-01' as updated_at
from range(greatest(getvariable('rows') // 2500, 20)) as numbers (c);

create or replace view people as
select 'E' || e as person_id, 'Person ' || e as full_name, true as active from range(800) as numbers (e);

create or replace view products as
select
    'P' || p as product_id, 'SKU-' || lpad(p::varchar, 3, '0') as product_code, 'Service ' || chr((65 + p % 26)::integer) || p as product_name,
    'category ' || p % 8 as product_category, case when p % 4 = 3 then 'piece' else 'hour' end as unit,
    cast(45 + p % 61 as decimal(18, 6)) as list_price, 'GBP' as currency
from range(200) as numbers (p);

create or replace view deal_lines as
with lines as (
    select n, k, cast(80 + n % 40 as decimal(18, 6)) as quantity
    from range(getvariable('rows') // 40) as jobs (n), range(4) as places (k)
)
select
    'DL' || lpad((n * 4 + k)::varchar, 8, '0') as deal_line_id, 'D' || lpad(n::varchar, 7, '0') as deal_id,
    'P' || product_of(n, k) as product_id, quantity, case when k = 3 then 'piece' else 'hour' end as unit,
    price(n, k) as unit_price,
    cast(round(quantity * cast(price(n, k) as decimal(18, 2)) * case when n % 7 = 0 then 0.95 else 1 end, 2) as decimal(18, 2)) as net_amount
from lines;

-- One deal in eleven is lost.
create or replace view deals as
with amounts as (select deal_id, cast(sum(net_amount) as decimal(18, 2)) as amount from deal_lines group by deal_id)
select
    numbered.deal_id, 'C' || lpad((n % greatest(getvariable('rows') // 2500, 20))::varchar, 6, '0') as customer_id,
    'E' || n % 40 as owner_id, case when amount is null then 'closedlost' else 'closedwon' end as stage, true as is_closed,
    amount is not null as is_won, coalesce(amount, 1000) as amount, money_of(n) as currency,
    cast(started(n) - 60 as date) as created_on,
    case when amount is not null then cast(started(n) - 30 as date) end as won_on,
    case when amount is null then cast(started(n) - 30 as date) end as lost_on,
    cast(started(n) - 30 as timestamp) as updated_at
from (select n, 'D' || lpad(n::varchar, 7, '0') as deal_id from range(getvariable('rows') * 11 // 400) as numbers (n)) as numbered
left join amounts on numbered.deal_id = amounts.deal_id;

create or replace view contracts as
select
    'K' || lpad(n::varchar, 7, '0') as contract_id, 'C' || lpad((n % greatest(getvariable('rows') // 2500, 20))::varchar, 6, '0') as customer_id,
    'D' || lpad(n::varchar, 7, '0') as deal_id, started(n) as starts_on, 'periodic_arrears' as billing_rule, 'month' as billing_period,
    30 as payment_terms_days, money_of(n) as currency
from range(0, getvariable('rows') // 40, 2) as jobs (n);

create or replace view contract_rates as
select
    'R' || lpad((n * 8 + k * 2 + later)::varchar, 9, '0') as contract_rate_id, 'K' || lpad(n::varchar, 7, '0') as contract_id,
    'P' || product_of(n, k) as product_id, case when k = 3 then 'piece' else 'hour' end as unit,
    cast(price(n, k) + 0.005 + 1.333333 * later as decimal(18, 6)) as charge_rate,
    cast(started(n) - 30 + cast(later * 90 as integer) as date) as valid_from,
    case when later = 0 then cast(started(n) + 59 as date) end as valid_to
from range(0, getvariable('rows') // 40, 2) as jobs (n), range(4) as places (k), range(2) as turns (later);

create or replace view jobs as
select
    'J' || lpad(n::varchar, 7, '0') as job_id, 'JOB-' || lpad((n + 1)::varchar, 7, '0') as job_ref, 'D' || lpad(n::varchar, 7, '0') as deal_id,
    case when n % 2 = 0 then 'K' || lpad(n::varchar, 7, '0') end as contract_id,
    'C' || lpad((n % greatest(getvariable('rows') // 2500, 20))::varchar, 6, '0') as customer_id,
    case when n % 2 = 0 then 'time_and_materials' else 'product_order' end as job_type,
    case when n % 8 < 5 then 'completed' else 'in_progress' end as status, started(n) as started_on,
    case when n % 8 < 5 then cast(started(n) + 80 as date) end as completed_on, money_of(n) as currency,
    cast(started(n) as timestamp) as updated_at
from range(getvariable('rows') // 40) as jobs (n);

create or replace view work_orders as
select
    'WO-' || lpad(w::varchar, 8, '0') as work_order_id, 'J' || lpad((w // 8)::varchar, 7, '0') as job_id, 'completed' as status,
    cast(started(w // 8) + days_in(w * 5 + 4) as date) as completed_on, cast(started(w // 8) as timestamp) as updated_at
from range(getvariable('rows') // 5) as numbers (w);

create or replace view deliveries as
select
    'T' || lpad(i::varchar, 9, '0') as delivery_id, 'J' || lpad((i // 40)::varchar, 7, '0') as job_id,
    'WO-' || lpad((i // 5)::varchar, 8, '0') as work_order_id, 'P' || product_of(i // 40, i % 4) as product_id,
    'E' || i % 800 as person_id, case when i % 4 = 3 then 'material' else 'time' end as delivery_type,
    case when i % 50 = 9 then 'submitted' when i % 83 = 0 then 'rejected' else 'approved' end as status, i % 29 <> 0 as billable,
    cast(started(i // 40) + days_in(i) as date) as delivered_on, hours(i) as quantity,
    case when i % 4 = 3 then 'piece' when i % 9 = 0 then 'day' else 'hour' end as unit,
    cast(started(i // 40) + days_in(i) as timestamp) as updated_at
from range(getvariable('rows')) as numbers (i);

-- A line finds its job by the job's code, by the delivery, by the work order, or only by what its text says.
create or replace view invoice_lines as
with lines as (
    select
        i,
        cast(round(hours(i) * cast(price(i // 40, i % 4) as decimal(18, 2)) * case when i % 37 = 0 then 0.9 else 1 end, 2) as decimal(18, 2)) as net_amount
    from range(getvariable('rows')) as numbers (i)
)
select
    'L' || lpad(i::varchar, 9, '0') as invoice_line_id, 'I' || lpad((i // 8)::varchar, 8, '0') as invoice_id, i % 8 + 1 as line_number,
    'SKU-' || lpad(product_of(i // 40, i % 4)::varchar, 3, '0') as product_code,
    case when i % 10 = 9 then 'Engineer on site for JOB-' || lpad((i // 40 + 1)::varchar, 7, '0') else 'Engineer on site' end as description,
    hours(i) as quantity, price(i // 40, i % 4) as unit_price, net_amount, 'STD' as tax_code,
    cast(round(net_amount * 0.2, 2) as decimal(18, 2)) as tax_amount, '4000' as account_code,
    case when i % 10 < 6 then 'JOB-' || lpad((i // 40 + 1)::varchar, 7, '0') end as job_ref,
    case when i % 10 = 8 then 'WO-' || lpad((i // 5)::varchar, 8, '0') end as work_order_ref,
    case when i % 10 between 3 and 7 then 'T' || lpad(i::varchar, 9, '0') end as delivery_id
from lines;

create or replace view invoices as
with amounts as (
    select
        invoice_id, cast(sum(net_amount) as decimal(18, 2)) as net_amount, cast(sum(tax_amount) as decimal(18, 2)) as tax_amount,
        cast(substr(invoice_id, 2) as bigint) as v
    from invoice_lines
    group by invoice_id
),

dated as (
    select *, v // 5 as n, cast(started(v // 5) + days_in(v * 8 + 7) + 7 as date) as issued_on from amounts
)

select
    invoice_id, 'INV-' || lpad(v::varchar, 8, '0') as invoice_number, case when v % 60 = 59 then 'credit_note' else 'invoice' end as invoice_type,
    'C' || lpad((n % greatest(getvariable('rows') // 2500, 20))::varchar, 6, '0') as customer_id,
    case when v % 101 = 7 then 'voided' when v % 53 = 11 then 'draft' else 'posted' end as status, issued_on,
    cast(issued_on + 30 as date) as due_on, case when v % 101 = 7 then cast(issued_on + 5 as date) end as voided_on,
    money_of(n) as currency, case when n % 5 = 0 then cast(0.86 + (v % 20) * 0.001 as decimal(18, 6)) end as exchange_rate,
    net_amount, tax_amount, cast(net_amount + tax_amount as decimal(18, 2)) as gross_amount,
    case when v % 60 = 59 then 'I' || lpad((v - 1)::varchar, 8, '0') end as corrects_invoice_id,
    cast(issued_on as timestamp) as updated_at
from dated;

create or replace view payments as
select
    'Y' || substr(invoice_id, 2) as payment_id, customer_id, cast(issued_on + 20 + v % 40 as date) as received_on,
    cast(case when v % 10 = 3 then round(gross_amount * 0.5, 2) else gross_amount end as decimal(18, 2)) as amount, currency,
    case when currency = 'EUR' then cast(0.855 as decimal(18, 6)) end as exchange_rate,
    case when v % 211 = 5 then 'reversed' else 'received' end as status,
    case when v % 211 = 5 then cast(issued_on + 23 + v % 40 as date) end as reversed_on
from (select *, cast(substr(invoice_id, 2) as integer) as v from invoices)
where invoice_type = 'invoice' and status = 'posted' and v % 100 < 85;

create or replace view payment_applications as
select
    'A' || substr(payment_id, 2) as application_id, payment_id, 'I' || substr(payment_id, 2) as invoice_id, 'payment' as kind,
    cast(received_on + cast(substr(payment_id, 2) as integer) % 3 as date) as applied_on, amount
from payments
union all
select
    'W' || substr(invoice_id, 2), null, invoice_id, 'write_off', cast(issued_on + 90 as date), gross_amount
from invoices
where invoice_type = 'invoice' and status = 'posted' and cast(substr(invoice_id, 2) as integer) % 100 = 90;

create or replace view fx_rates as
select
    'EUR' as from_currency, 'GBP' as to_currency, cast(date '2024-11-01' + d::integer as date) as rate_on,
    cast(0.85 + (d % 30) * 0.001 as decimal(18, 6)) as rate
from range(800) as numbers (d);
