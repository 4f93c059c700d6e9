-- The work-order database of Northgate Facilities Ltd, as a field-service product would lay it out.
--
-- Written for PostgreSQL; `work_order_db.py` runs it on SQLite too, where it stores every NUMERIC as TEXT ('1250.00'),
-- because SQLite would keep it as a float. Dates are calendar dates of Europe/London ('2025-03-31'); `*_ts` are UTC
-- timestamps ('2025-03-31 14:05:00'); flags are 0 or 1. `modified_ts` moves whenever a row changes. Rows are sometimes
-- deleted outright (a timesheet keyed twice), and then nothing is left of them.
-- There are no foreign keys: the product this is modelled on keeps its references in the application.

CREATE TABLE clients (
    client_no         INTEGER PRIMARY KEY,
    trading_name      VARCHAR(200) NOT NULL,
    registered_name   VARCHAR(200),
    vat_no            VARCHAR(40),
    company_no        VARCHAR(40),
    web               VARCHAR(200),
    email             VARCHAR(200),
    tel               VARCHAR(40),
    street            VARCHAR(200),
    town              VARCHAR(100),
    county            VARCHAR(100),
    postcode          VARCHAR(20),
    country_code      VARCHAR(2),
    parent_client_no  INTEGER,
    added_ts          TIMESTAMP NOT NULL,
    modified_ts       TIMESTAMP NOT NULL
);

CREATE TABLE staff (
    staff_no      INTEGER PRIMARY KEY,
    full_name     VARCHAR(200) NOT NULL,
    email         VARCHAR(200),
    job_title     VARCHAR(60),          -- Engineer, Senior engineer, Operations manager
    crew          VARCHAR(60),
    area          VARCHAR(60),
    reports_to    INTEGER,
    weekly_hours  NUMERIC(6, 2),
    trades        VARCHAR(200),         -- separated by ;
    hourly_cost   NUMERIC(18, 2),       -- GBP
    is_active     SMALLINT NOT NULL,
    modified_ts   TIMESTAMP NOT NULL
);

CREATE TABLE catalogue_items (
    item_code    VARCHAR(40) PRIMARY KEY,
    title        VARCHAR(200) NOT NULL,
    item_group   VARCHAR(60),
    uom          VARCHAR(10),           -- hour, day, each, lot, month
    sell_price   NUMERIC(18, 4),        -- GBP
    cost_price   NUMERIC(18, 4),        -- GBP
    tax_class    VARCHAR(20),
    modified_ts  TIMESTAMP NOT NULL
);

CREATE TABLE agreements (
    agreement_no       VARCHAR(20) PRIMARY KEY,   -- AG-00123
    client_no          INTEGER NOT NULL,
    crm_deal_ref       VARCHAR(120),              -- typed by hand
    starts             DATE,
    ends               DATE,
    bill_rule          VARCHAR(20),               -- on_order, on_delivery, milestone, periodic_advance, periodic_arrears
    bill_cycle         VARCHAR(10),               -- week, month, quarter
    bill_within_days   INTEGER,
    revenue_rule       VARCHAR(20),               -- point_in_time, straight_line, as_delivered
    terms_days         INTEGER,
    expected_quantity  NUMERIC(18, 4),
    quantity_per_cycle NUMERIC(18, 4),
    currency_code      VARCHAR(3),
    agreement_state    VARCHAR(20),               -- active, ended, cancelled
    modified_ts        TIMESTAMP NOT NULL
);

CREATE TABLE agreement_rates (
    rate_no       VARCHAR(20) PRIMARY KEY,        -- AR-000123
    agreement_no  VARCHAR(20) NOT NULL,
    item_code     VARCHAR(40),
    staff_no      INTEGER,
    uom           VARCHAR(10) NOT NULL,
    charge_rate   NUMERIC(18, 4),                 -- the agreement's currency
    from_date     DATE NOT NULL,
    to_date       DATE,
    modified_ts   TIMESTAMP NOT NULL
);

CREATE TABLE variations (
    variation_no   VARCHAR(20) PRIMARY KEY,       -- VO-00123
    job_no         INTEGER NOT NULL,
    crm_deal_ref   VARCHAR(120),
    item_code      VARCHAR(40),
    state          VARCHAR(20) NOT NULL,          -- proposed, approved, rejected
    decided_on     DATE,
    extra_quantity NUMERIC(18, 4),
    extra_amount   NUMERIC(18, 2) NOT NULL,
    currency_code  VARCHAR(3),
    reason         VARCHAR(200),
    modified_ts    TIMESTAMP NOT NULL
);

CREATE TABLE job_cards (
    job_no          INTEGER PRIMARY KEY,
    job_code        VARCHAR(20) NOT NULL,         -- JOB-01234
    crm_deal_ref    VARCHAR(120),                 -- a HubSpot deal id, typed by hand: missing or mistyped for some
    agreement_no    VARCHAR(20),
    client_no       INTEGER NOT NULL,
    job_kind        VARCHAR(20) NOT NULL,         -- FIXED, T&M, SUPPLY
    job_state       VARCHAR(20) NOT NULL,         -- planned, in_progress, completed, cancelled
    supervisor_no   INTEGER,
    planned_start   DATE,
    planned_finish  DATE,
    actual_start    DATE,
    actual_finish   DATE,
    site_ready_on   DATE,
    currency_code   VARCHAR(3),
    notes           VARCHAR(400),
    modified_ts     TIMESTAMP NOT NULL
);

CREATE TABLE job_estimates (
    estimate_no     VARCHAR(20) PRIMARY KEY,      -- ES-000123
    job_no          INTEGER NOT NULL,
    stage           VARCHAR(60),
    item_code       VARCHAR(40),
    hours           NUMERIC(18, 2),
    cost            NUMERIC(18, 2),
    currency_code   CHAR(3) NOT NULL,             -- GBP, whatever the job is sold in
    hours_to_go     NUMERIC(18, 2),
    cost_to_go      NUMERIC(18, 2),
    estimated_on    DATE,
    modified_ts     TIMESTAMP NOT NULL
);

CREATE TABLE tickets (
    ticket_no      VARCHAR(20) PRIMARY KEY,       -- WO-012345
    job_no         INTEGER NOT NULL,
    item_code      VARCHAR(40),
    stage          VARCHAR(60),
    ticket_state   VARCHAR(20) NOT NULL,          -- planned, in_progress, completed, cancelled
    booked_for     DATE,
    finished_on    DATE,
    signed_off_on  DATE,
    planned_hours  NUMERIC(18, 2),
    modified_ts    TIMESTAMP NOT NULL
);

-- The five tables that follow are what was delivered; their numbers never meet (TS-, MU-, EX-, MS-, DN-).
CREATE TABLE timesheet_entries (
    entry_no       VARCHAR(20) PRIMARY KEY,       -- TS-0001234
    job_no         INTEGER NOT NULL,
    ticket_no      VARCHAR(20),
    item_code      VARCHAR(40),
    staff_no       INTEGER,
    worked_on      DATE NOT NULL,
    quantity       NUMERIC(18, 4) NOT NULL,
    uom            VARCHAR(10) NOT NULL,          -- hour or day
    is_chargeable  SMALLINT NOT NULL,
    entry_state    VARCHAR(20) NOT NULL,          -- draft, submitted, approved, rejected
    approved_on    DATE,
    remark         VARCHAR(400),
    modified_ts    TIMESTAMP NOT NULL
);

CREATE TABLE material_usage (
    usage_no       VARCHAR(20) PRIMARY KEY,       -- MU-0001234
    job_no         INTEGER NOT NULL,
    ticket_no      VARCHAR(20),
    item_code      VARCHAR(40),
    used_on        DATE NOT NULL,
    quantity       NUMERIC(18, 4) NOT NULL,
    uom            VARCHAR(10) NOT NULL,
    is_chargeable  SMALLINT NOT NULL,
    usage_state    VARCHAR(20) NOT NULL,          -- draft, submitted, approved, rejected
    approved_on    DATE,
    modified_ts    TIMESTAMP NOT NULL
);

CREATE TABLE job_expenses (
    expense_no     VARCHAR(20) PRIMARY KEY,       -- EX-0001234
    job_no         INTEGER NOT NULL,
    ticket_no      VARCHAR(20),
    item_code      VARCHAR(40),
    staff_no       INTEGER,
    spent_on       DATE NOT NULL,
    recharge       NUMERIC(18, 2) NOT NULL,       -- what the client is charged, the job's currency
    is_chargeable  SMALLINT NOT NULL,
    expense_state  VARCHAR(20) NOT NULL,
    approved_on    DATE,
    modified_ts    TIMESTAMP NOT NULL
);

CREATE TABLE milestones (
    milestone_no   VARCHAR(20) PRIMARY KEY,       -- MS-0001234
    job_no         INTEGER NOT NULL,
    ticket_no      VARCHAR(20),
    item_code      VARCHAR(40),
    title          VARCHAR(200),
    reached_on     DATE NOT NULL,
    state          VARCHAR(20) NOT NULL,          -- submitted (reached), approved (signed off by our manager), rejected
    approved_on    DATE,
    client_signed_on DATE,
    worth          NUMERIC(18, 2),                -- the job's currency
    modified_ts    TIMESTAMP NOT NULL
);

CREATE TABLE dispatch_notes (
    dispatch_no    VARCHAR(20) PRIMARY KEY,       -- DN-0001234
    job_no         INTEGER NOT NULL,
    ticket_no      VARCHAR(20),
    item_code      VARCHAR(40) NOT NULL,
    shipped_on     DATE NOT NULL,
    quantity       NUMERIC(18, 4) NOT NULL,       -- negative: a return
    uom            VARCHAR(10) NOT NULL,
    dispatch_state VARCHAR(20) NOT NULL,          -- submitted (picked), approved (left the warehouse), rejected
    approved_on    DATE,
    modified_ts    TIMESTAMP NOT NULL
);

CREATE TABLE stock_ledger (
    entry_id     VARCHAR(20) PRIMARY KEY,         -- SM-0001234
    dispatch_no  VARCHAR(20),
    item_code    VARCHAR(40) NOT NULL,
    quantity     NUMERIC(18, 4) NOT NULL,         -- negative leaves stock
    moved_on     DATE NOT NULL,
    cost_value   NUMERIC(18, 2),                  -- GBP
    modified_ts  TIMESTAMP NOT NULL
);

CREATE TABLE job_costs (
    cost_no              VARCHAR(20) PRIMARY KEY, -- JC-0001234
    job_no               INTEGER,
    supplier_code        VARCHAR(40),
    supplier_invoice_no  VARCHAR(60),
    source_no            VARCHAR(20),             -- the timesheet entry, usage, expense or dispatch note it belongs to
    staff_no             INTEGER,
    cost_kind            VARCHAR(20) NOT NULL,    -- labour, material, expense, subcontract
    incurred_on          DATE NOT NULL,
    quantity             NUMERIC(18, 4),
    amount               NUMERIC(18, 2) NOT NULL,
    currency_code        VARCHAR(3) NOT NULL,
    modified_ts          TIMESTAMP NOT NULL
);
