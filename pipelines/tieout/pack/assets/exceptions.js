// The exceptions: what is unresolved, what is waived or resolved, and one of them in full.
(function () {
  "use strict";
  const { esc, words, title, name, money, count, day, load, table, below, close, reveal, none } = Pack;
  const PLACE = 0, KEY = 1, TITLE = 2, OWNER = 3, STATUS = 4, STANDING = 5, SEVERITY = 6, ENTITY = 7, ID = 8, SYSTEM = 9,
    CUSTOMER = 10, JOB = 11, JOB_PLACE = 12, OCCURRED = 13, AGE = 14, AT_RISK = 15, COUNTED = 16, CONTROL = 17, TRACED = 18,
    LOSS = 19, DOUBT = 20, COUNTED_LOSS = 21, LABEL = 22;
  const given = TIEOUT.data.exceptions;
  const owner = document.body.dataset.owner;
  const rows = owner === undefined ? given.rows : given.rows.filter((row) => row[OWNER] === owner);
  const byPlace = new Map(given.rows.map((row) => [row[PLACE], row]));
  const detail = document.getElementById("detail");
  const RANKS = ["low", "medium", "high", "fatal"];

  const columns = [
    { title: "Control", kind: "name", at: TITLE, show: (value, row) => '<button type="button" class="cell" data-place="' + row[PLACE] + '">' + name(value) + "</button>" },
    { title: "Owner", kind: "name", at: OWNER },
    { title: "Severity", kind: "word", at: SEVERITY, sort: (value) => RANKS.indexOf(value), show: (value, row) => esc(value) + " <small>" + esc(words(row[STATUS])) + "</small>", find: (value, row) => value + ", " + words(row[STATUS]), narrow: true },
    { title: "Record", kind: "name", at: LABEL, show: (value, row) => name(value) + " <small>" + esc(words(row[SYSTEM] + " " + row[ENTITY])) + "</small>" },
    { title: "Customer", kind: "name", at: CUSTOMER },
    { title: "Job", kind: "name", at: JOB, show: (value, row) => (value !== null && row[TRACED] ? '<a class="job" href="trace.html#' + row[JOB_PLACE] + '">' + name(value) + "</a>" : '<span class="job">' + name(value) + "</span>") },
    { title: "Of", kind: "day", at: OCCURRED, wide: true },
    { title: "Days", kind: "count", at: AGE },
    { title: "Loss", kind: "money", at: LOSS },
    { title: "Doubt", kind: "money", at: DOUBT },
    { title: "Counted", kind: "money", at: COUNTED, total: true },
  ];
  const split = (unresolved) => rows.filter((row) => (row[STANDING] === "unresolved") === unresolved);
  const order = [[8, "desc"], [10, "desc"]];
  const tables = [
    table(document.getElementById("unresolved"), columns, split(true), { order, file: "exceptions" }),
    table(document.getElementById("settled"), columns, split(false), { order, length: 25, file: "exceptions-settled" }),
  ];

  const pair = (label, html) => (html === null || html === none ? "" : '<tr><th scope="row">' + esc(label) + "</th><td>" + html + "</td></tr>");
  const text = (value) => (value === null || value === "" ? null : "<bdi>" + esc(value) + "</bdi>");
  const link = (place) => {
    const row = byPlace.get(place);
    return '<button type="button" class="cell" data-place="' + place + '">' + name(row[TITLE]) + "</button> " + name(row[LABEL]);
  };

  async function open(place, anchor) {
    const row = byPlace.get(place);
    if (!below(anchor, detail)) return;
    detail.innerHTML = '<div class="heading"><h2 tabindex="-1">' + name(row[TITLE]) + '</h2><button type="button" class="close noprint">Close</button></div><p role="status" class="lead">Loading …</p><div class="body"></div>';
    detail.querySelector("h2").focus({ preventScroll: anchor !== null });
    const status = detail.querySelector("[role=status]");
    let found;
    try {
      found = (await load("evidence-" + Math.floor(place / given.chunk)))[place % given.chunk];
    } catch (error) {
      status.textContent = error.message;
      return;
    }
    status.innerHTML = name(row[LABEL]) + " · " + esc(words(row[SYSTEM] + " " + row[ENTITY]));
    const document_ = found.document_amount === null ? null : esc(found.currency || "") + " " + money(found.document_amount);
    const before = found.similar_resolved_count
      ? count(found.similar_resolved_count) + " like it were resolved (" + count(found.similar_resolved_customer_count) + " of this customer), after " + name(found.similar_resolved_days) + " days" + (found.similar_resolution ? ": " + name(found.similar_resolution) : "")
      : "nothing like it was resolved before";
    const decision = found.decision === null ? "none yet"
      : esc(found.decision) + " (" + esc(words(found.decision_standing || "")) + ") by " + name(found.decided_by) + (found.approved_by ? ", approved by " + name(found.approved_by) : "") + ", " + day(found.decided_on) + (found.expires_on ? " until " + day(found.expires_on) : "") + ": " + name(found.decision_reason);
    detail.querySelector(".body").innerHTML =
      '<div class="columns"><table><caption>What it is</caption><tbody>' +
      pair("Cause", text(words(found.cause || ""))) + pair("What to do", text(found.suggested_action)) + pair("Owner", name(row[OWNER])) +
      pair("Severity, status", esc(row[SEVERITY] + ", " + words(row[STATUS]))) +
      pair("Expected", money(found.expected_amount)) + pair("Actual", money(found.actual_amount)) +
      pair("At risk", money(row[AT_RISK]) + (document_ ? " (" + document_ + ")" : "")) + pair("Of it loss, doubt", money(row[LOSS]) + ", " + money(row[DOUBT])) + pair("Counted", money(row[COUNTED]) + ", of it loss " + money(row[COUNTED_LOSS])) +
      pair("Customer", name(row[CUSTOMER])) +
      pair("Job", row[JOB] === null ? null : row[TRACED] ? '<a href="trace.html#' + row[JOB_PLACE] + '">' + name(row[JOB]) + ": its whole chain</a>" : name(row[JOB])) +
      pair("Record", esc(words(row[SYSTEM] + " " + row[ENTITY])) + " <code>" + name(row[ID]) + "</code>") + pair("Key", "<code>" + esc(row[KEY]) + "</code>") +
      pair("Rule", '<a href="controls.html#' + esc(row[CONTROL]) + '">' + esc(words(row[CONTROL])) + "</a>") +
      '</tbody></table><table><caption>Evidence</caption><tbody>' +
      found.evidence.map(([label, value, called]) => pair(title(called ? label.replace(/_id$/, "") : label), called ? name(called) + " <small><code>" + name(value) + "</code></small>" : /^-?\d+\.\d{2}$/.test(value) ? money(value) : text(value))).join("") +
      '</tbody></table><table><caption>Its life and what was decided</caption><tbody>' +
      pair("Of", day(row[OCCURRED])) + pair("Could be found from", day(found.found_from_on) + ", " + count(row[AGE]) + " days") +
      pair("Seen", day(found.first_seen_at) + " to " + day(found.last_seen_at)) +
      pair("Resolved", found.resolved_at === null ? null : day(found.resolved_at)) +
      pair("Came back", count(found.times_reopened) + " times") + pair("Decision", decision) + pair("Before", before) +
      pair("Follows from", found.root < 0 ? null : link(found.root)) +
      pair("What follows", found.follow.length ? found.follow.map(link).join("<br>") : null) + "</tbody></table></div>";
  }

  // The button of an exception in its table; one of another owner's page has none here.
  function anchorOf(place) {
    for (const made of tables) {
      const found = reveal(made, (row) => row[PLACE] === place);
      if (found) return found.querySelector("[data-place]");
    }
    return null;
  }

  document.getElementById("main").addEventListener("click", (event) => {
    const button = event.target.closest("[data-place]");
    if (event.target.closest(".close")) close(detail);
    else if (button) {
      const place = Number(button.dataset.place);
      open(place, detail.contains(button) ? anchorOf(place) : button);
    }
  });

  // A chain leads here: #key of an exception.
  function arrive() {
    const row = rows.find((known) => known[KEY] === decodeURIComponent(location.hash.slice(1)));
    if (row) open(row[PLACE], anchorOf(row[PLACE]));
  }
  addEventListener("hashchange", arrive);
  arrive();
})();
