// One job from signature to cash: its events, the pieces of the differences, and the records as they arrived.
(function () {
  "use strict";
  const { esc, words, title, name, money, count, day, cents, fromCents, load, table, below, close, label, none } = Pack;
  const given = TIEOUT.data.traced;
  const currency = document.body.dataset.currency;
  const at = (part) => Object.fromEntries(given.columns[part].map((column, place) => [column, place]));
  const JOB = at("job"), EVENT = at("event"), PIECE = at("piece"), EXCEPTION = at("exception"), IDENTITY = at("identity");
  const RAW = given.columns.event.length;
  const chainBox = document.getElementById("chain");
  const box = document.createElement("section");
  box.id = "record";
  box.setAttribute("aria-label", "The record as it arrived");

  table(document.getElementById("jobs"), [
    { title: "Job", kind: "name", at: 1, show: (value, row) => '<a href="#' + row[0] + '">' + name(value) + "</a>" },
    { title: "Of", kind: "name", at: 2 },
    { title: "Exceptions", kind: "count", at: 3, total: true },
  ], given.jobs, { order: [[2, "desc"]], length: 25, file: "traced-jobs", caption: "Jobs with an exception" });

  const pair = (label, html) => (html === null || html === none ? "" : '<tr><th scope="row">' + esc(label) + "</th><td>" + html + "</td></tr>");
  const rows = (list, cells) => list.map((row, place) => "<tr>" + cells(row, place).join("") + "</tr>").join("");
  const cell = (html, right) => '<td class="' + (right ? "right" : "") + '">' + html + "</td>";
  const head = (caption, columns) => '<div class="scroll" tabindex="0"><table><caption>' + caption + "</caption><thead><tr>" + columns.map(([text, right]) => '<th scope="col"' + (right ? ' class="right"' : "") + ">" + esc(text) + "</th>").join("") + "</tr></thead><tbody>";
  const trimmed = (text) => (text === null ? "" : text.indexOf(".") < 0 ? text : text.replace(/0+$/, "").replace(/\.$/, ""));

  const FEW = 4;
  const sum = (amounts) => fromCents(amounts.reduce((total, amount) => total + (amount === null ? 0n : cents(amount)), 0n));
  const opener = (text) => '<button type="button" class="open" aria-expanded="false" data-folds>' + text + "</button>";
  // Many rows that say one thing are one row that opens into them.
  const folded = (list, few, cells, together) => (list.length <= few ? rows(list, cells)
    : "<tr>" + together().join("") + "</tr>" + list.map((row) => '<tr class="folded" hidden>' + cells(row).join("") + "</tr>").join(""));

  // Puts the words back for which a chain holds only their places.
  function spelled(chain) {
    const places = (part) => given.columns[part].map((column, place) => (given.repeated.includes(column) ? place : -1)).filter((place) => place >= 0);
    const spell = (row, columns) => columns.forEach((place) => { if (row[place] !== null) row[place] = chain.words[row[place]]; });
    chain.events.forEach((event) => { spell(event, places("event")); if (event[RAW]) event[RAW][0] = chain.words[event[RAW][0]]; });
    chain.pieces.forEach((piece) => {
      spell(piece, places("piece"));
      [[PIECE.from_event_key, PIECE.from_label], [PIECE.to_event_key, PIECE.to_label]].forEach(([event, label]) => { if (piece[event] >= 0) piece[label] = chain.events[piece[event]][EVENT.entity_label]; });
    });
    chain.words = null;
    return chain;
  }

  function show(chain) {
    const job = chain.job;
    const parts = [];
    const record = (system, label) => name(label) + " <small>" + esc(words(system)) + "</small>";
    parts.push('<div class="columns"><table><caption>The job</caption><tbody>' +
      pair("Job", record(job[JOB.source_system], job[JOB.job_ref] || job[JOB.job_id])) + pair("Type, status", esc(words(job[JOB.job_type] + ", " + job[JOB.status]))) +
      pair("Customer", name(job[JOB.customer_name])) + pair("Owner", name(job[JOB.owner_name])) +
      pair("Deal", job[JOB.deal_id] === null ? null : record(job[JOB.deal_system], job[JOB.deal_name] || job[JOB.deal_id])) +
      pair("Won", day(job[JOB.won_on])) +
      pair("Contract", job[JOB.contract_id] === null ? null : esc(words([job[JOB.billing_rule], job[JOB.billing_period]].filter(Boolean).join(", "))) + (job[JOB.contract_starts_on] === null ? "" : ", from " + day(job[JOB.contract_starts_on])) + " <small>" + esc(words(job[JOB.contract_system])) + "</small>") +
      "</tbody></table>" + (chain.identity.length ? "<table><caption>Why these records are this customer</caption><tbody>" + rows(chain.identity, (link) => [
        '<th scope="row">' + record(link[IDENTITY.source_system], link[IDENTITY.record_label]) + "</th>",
        cell(esc(words(link[IDENTITY.match_rule])) + ", " + esc(link[IDENTITY.match_status]) + (link[IDENTITY.match_probability] === null ? "" : " " + esc(link[IDENTITY.match_probability]))),
      ]) + "</tbody></table>" : "") + "</div>");
    if (chain.exceptions.length) {
      parts.push("<h2>Exceptions</h2>" + head("Amounts in " + esc(currency), [["Control"], ["Record"], ["Status"], ["Cause"], ["At risk", true], ["Counted", true]]) + rows(chain.exceptions, (row) => [
        '<th scope="row"><a href="exceptions.html#' + esc(row[EXCEPTION.exception_key]) + '">' + esc(words(row[EXCEPTION.control_id])) + "</a></th>",
        cell(name(row[EXCEPTION.entity_label])), cell(esc(row[EXCEPTION.status])), cell(name(row[EXCEPTION.cause] === null ? null : words(row[EXCEPTION.cause]))),
        cell(money(row[EXCEPTION.value_at_risk_amount]), true), cell(money(row[EXCEPTION.counted_amount]), true),
      ]) + "</tbody></table></div>");
    }
    chain.stages.forEach(([stage, amount]) => {
      const events = chain.events.map((event, place) => [event, place]).filter(([event]) => event[EVENT.stage] === stage);
      const cells = ([event, place]) => [
        cell(day(event[EVENT.event_on])),
        '<th scope="row"><button type="button" class="cell" data-event="' + place + '">' + name(event[EVENT.entity_label]) + "</button> <small>" + esc(words(event[EVENT.source_system] + " " + event[EVENT.source_entity])) + "</small></th>",
        cell(name(event[EVENT.product_name])), cell(event[EVENT.quantity] === null ? none : esc(trimmed(event[EVENT.quantity]) + " " + (event[EVENT.unit] || "")), true),
        cell(esc(event[EVENT.currency] || "") + " " + money(event[EVENT.document_amount]), true), cell(money(event[EVENT.reporting_amount]), true),
        cell(esc(words(event[EVENT.valuation_rule]))), cell(event[EVENT.job_match_rule] === null ? none : esc(words(event[EVENT.job_match_rule])) + (event[EVENT.job_match_probability] === null ? "" : " <small>" + esc(event[EVENT.job_match_probability]) + "</small>")),
      ];
      const gone = events.filter(([event]) => event[EVENT.is_taken_back]);
      const left = events.filter(([event]) => !event[EVENT.is_taken_back]);
      const days = gone.map(([event]) => event[EVENT.event_on]);
      parts.push('<h2 class="first">' + esc(title(stage)) + "</h2>" + head(esc(currency) + " " + money(amount) + " in " + events.length + " events", [["Day"], ["Record"], ["What"], ["Quantity", true], ["Document amount", true], [currency, true], ["Valued by"], ["Its job by"]]) +
        rows(left, cells) + folded(gone, 1, cells, () => [
          cell(day(days[0]) + " to " + day(days[days.length - 1])), '<th scope="row">' + opener(count(gone.length) + " postings, accrued and taken back") + "</th>", cell(none), cell(none, true), cell(none, true),
          cell(money(sum(gone.map(([event]) => event[EVENT.reporting_amount]))), true), cell("journal accrual"), cell(none),
        ]) + '</tbody><tfoot><tr><th scope="row" colspan="5">Together</th><td class="right">' + money(amount) + '</td><td colspan="2"></td></tr></tfoot></table></div>');
    });
    const side = (place, id, on) => {
      if (id === null) return none;
      const text = place < 0 ? name(id) : '<button type="button" class="cell" data-event="' + place + '">' + name(id) + "</button>";
      return text + (on === null ? "" : " <small>" + day(on) + "</small>");
    };
    chain.gaps.forEach(([gap, from, to, difference]) => {
      const pieces = chain.pieces.filter((piece) => piece[PIECE.gap] === gap);
      const reason = (piece) => '<span class="dot ' + esc(piece[PIECE.gap_class]) + '"></span>' + esc(words(piece[PIECE.reason])) + " <small>" + esc(words(piece[PIECE.gap_class])) + "</small>";
      const cells = (piece) => [
        '<th scope="row">' + reason(piece) + "</th>",
        cell(piece[PIECE.match_rule] === null ? none : esc(words(piece[PIECE.match_rule]))), cell(side(piece[PIECE.from_event_key], piece[PIECE.from_label], piece[PIECE.from_on])), cell(side(piece[PIECE.to_event_key], piece[PIECE.to_label], piece[PIECE.to_on])),
        cell(money(piece[PIECE.from_amount]), true), cell(money(piece[PIECE.to_amount]), true), cell(money(piece[PIECE.difference_amount]), true),
      ];
      const reasons = new Map();
      pieces.forEach((piece) => {
        const key = piece[PIECE.reason] + " " + piece[PIECE.gap_class];
        reasons.set(key, (reasons.get(key) || []).concat([piece]));
      });
      const spans = (list, column) => {
        const days = list.map((piece) => piece[column]).filter((on) => on !== null).sort();
        return days.length ? "<small>" + day(days[0]) + " to " + day(days[days.length - 1]) + "</small>" : none;
      };
      parts.push("<h2>" + esc(title(gap)) + "</h2>" + head("Why they differ, in " + pieces.length + " items", [["Reason"], ["Found by"], ["From"], ["To"], ["Amount from", true], ["Amount to", true], ["Difference", true]]) +
        Array.from(reasons.values()).map((list) => folded(list, FEW, cells, () => [
          '<th scope="row">' + reason(list[0]) + "</th>", cell(opener(count(list.length) + " items")), cell(spans(list, PIECE.from_on)), cell(spans(list, PIECE.to_on)),
          ...[PIECE.from_amount, PIECE.to_amount, PIECE.difference_amount].map((column) => cell(money(sum(list.map((piece) => piece[column]))), true)),
        ])).join("") + '</tbody><tfoot><tr><th scope="row" colspan="4">Together</th><td class="right">' + money(from) + '</td><td class="right">' + money(to) + '</td><td class="right">' + money(difference) + "</td></tr></tfoot></table></div>");
    });
    chainBox.innerHTML = parts.join("");
    label(chainBox);
  }

  function arrived(chain, event, anchor) {
    if (!below(anchor, box)) return;
    const raw = event[RAW];
    let html = '<div class="heading"><h2 tabindex="-1">' + name(event[EVENT.entity_label]) + '</h2><button type="button" class="close noprint">Close</button></div>';
    html += "<table><caption>" + (raw ? "As it arrived in <code>" + esc(raw[0]) + "</code>, version " + esc(raw[1]) + " of " + esc(raw[3]) + ", " + day(raw[2]) : given.has_raw ? "No raw record has this id" : "The log of what arrived was not beside the published marts") + "; id <code>" + esc(event[EVENT.source_id]) + "</code>, load <code>" + esc(event[EVENT.load_id]) + "</code></caption><tbody>";
    if (raw) chain.tables[raw[0]].forEach((column, place) => { html += pair(column, raw[4][place] === null || raw[4][place] === undefined ? null : "<bdi>" + esc(raw[4][place]) + "</bdi>"); });
    box.innerHTML = html + "</tbody></table>";
    box.querySelector("h2").focus({ preventScroll: true });
  }

  function unfold(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    if (!open) close(box);
    for (let row = button.closest("tr").nextElementSibling; row && row.className === "folded"; row = row.nextElementSibling) row.hidden = !open;
  }

  let current = null;
  async function open() {
    close(box);
    const place = Number(location.hash.slice(1));
    const job = location.hash ? given.jobs.find((row) => row[0] === place) : null;
    const heading = document.getElementById("heading");
    if (!job) {
      chainBox.replaceChildren();
      heading.textContent = "Trace of a job";
      return;
    }
    heading.innerHTML = "Trace of " + name(job[1]) + " <small>" + name(job[2]) + "</small>";
    chainBox.innerHTML = '<p role="status">Loading …</p>';
    try {
      current = await load("trace-" + place);
      if (current.words) spelled(current);
      show(current);
    } catch (error) {
      chainBox.querySelector("[role=status]").textContent = error.message;
    }
    heading.focus();
    document.getElementById("jobs").hidden = true;
  }
  window.addEventListener("hashchange", open);
  chainBox.addEventListener("click", (event) => {
    const button = event.target.closest("[data-event]");
    if (button) arrived(current, current.events[button.dataset.event], button);
    if (event.target.closest(".close")) close(box);
    const folds = event.target.closest("[data-folds]");
    if (folds) unfold(folds);
  });
  open();
})();
