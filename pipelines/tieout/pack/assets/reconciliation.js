// A page of the reconciliation: the table of its members, the walk of one, the pieces of a step, the records of a piece.
(function () {
  "use strict";
  const { esc, words, title, name, money, count, day, iso, cents, fromCents, load, table, below, close, label, choices } = Pack;
  const noun = document.body.dataset.noun;
  const shared = TIEOUT.data.shared;
  const figures = TIEOUT.data["by-" + noun];
  const CLASSES = ["timing", "definition", "data_quality", "leakage"];
  const MAIN = [0, 1, 2, 3];
  const FEW = 40;
  const LABEL = 12;
  const starts = shared.starts_on, ends = shared.ends_on;
  const state = { scope: noun === "month" ? "to_date" : "period", view: "stages" };
  const detail = document.getElementById("detail");
  const piecesBox = document.getElementById("pieces");
  const recordsBox = document.createElement("section");
  recordsBox.setAttribute("aria-label", "The records");

  const called = (member) => (noun === "month" ? member.slice(0, 7) : shared.names[noun][member][0]);
  const about = (member) => (noun === "month" ? "" : shared.names[noun][member][1]);
  const side = () => (state.scope === "period" ? 3 : 6);

  const stepsOf = new Map();
  figures.steps.forEach((step) => {
    if (!stepsOf.has(step[0])) stepsOf.set(step[0], []);
    stepsOf.get(step[0]).push(step);
  });
  const stagesOf = new Map(figures.stages.map((row) => [row[0], row]));
  const members = Array.from(new Set([...stagesOf.keys(), ...stepsOf.keys()]));

  // What a step adds on the way to the later stage, in cents.
  const adds = (step) => cents(step[side() + 1]) - cents(step[side()]);
  const size = (step) => (adds(step) < 0n ? -adds(step) : adds(step));
  const sized = (one, two) => (size(one) < size(two) ? -1 : size(one) > size(two) ? 1 : 0);
  const gapsOf = (view) => (view === "walk" ? MAIN : [Number(view)]);

  function rowOf(member) {
    const steps = stepsOf.get(member) || [];
    const base = [member, called(member), about(member)];
    if (state.view === "stages") {
      const row = stagesOf.get(member);
      const amounts = row ? row[state.scope === "period" ? 1 : 2] : shared.stages.map(() => "0.00");
      return base.concat(amounts);
    }
    const gaps = gapsOf(state.view);
    let first = 0n, last = 0n;
    const classes = CLASSES.map(() => 0n);
    steps.forEach((step) => {
      if (!gaps.includes(step[1])) return;
      if (step[1] === gaps[0]) first += cents(step[side()]);
      if (step[1] === gaps[gaps.length - 1]) last += cents(step[side() + 1]);
      classes[CLASSES.indexOf(shared.reasons[step[2]][1])] += adds(step);
    });
    return base.concat(fromCents(first), classes.map(fromCents), fromCents(last));
  }

  function draw() {
    const rows = members.map(rowOf).filter((row) => row.slice(3).some((amount) => amount !== "0.00"));
    const cell = (part) => (value, row) =>
      value === "0.00" ? '<span class="none">' + money(value) + "</span>"
        : '<button type="button" class="cell" data-member="' + esc(row[0]) + '" data-part="' + part + '">' + money(value) + "</button>";
    const columns = [{
      title: title(noun), kind: "name", at: 1,
      show: (value, row) => '<button type="button" class="cell who" data-member="' + esc(row[0]) + '" data-part="">' + name(value) + "</button>" + (row[2] ? " <small>" + name(row[2]) + "</small>" : ""),
      find: (value, row) => (row[2] ? value + " · " + row[2] : value),
    }];
    if (state.view === "stages") {
      shared.stages.forEach((stage, place) => columns.push({ title: title(stage), kind: "money", at: 3 + place, total: true, show: cell(stage) }));
    } else {
      const gaps = gapsOf(state.view);
      columns.push({ title: title(shared.gaps[gaps[0]][1]), kind: "money", at: 3, total: true });
      CLASSES.forEach((kind, place) => columns.push({ title: title(kind), kind: "money", at: 4 + place, total: true, show: cell(kind) }));
      columns.push({ title: title(shared.gaps[gaps[gaps.length - 1]][2]), kind: "money", at: 8, total: true });
    }
    const order = noun === "month" ? [[0, "asc"]] : [[1, "desc"]];
    table(document.getElementById("members"), columns, rows, { order, file: noun + "-" + state.scope, caption: caption() });
  }

  const scopeName = () => (noun === "month" ? "Each month" : state.scope === "period" ? "In the period, " + starts.slice(0, 7) : "To date, until " + ends);
  function caption() {
    const view = state.view === "stages" ? "the six stages" : state.view === "walk" ? "booked to cash, by class" : words(shared.gaps[state.view][1]) + " to " + words(shared.gaps[state.view][2]) + ", by class";
    return scopeName() + ": " + view + ", " + document.body.dataset.currency;
  }

  // The walk of one member; `part` is a class, a stage or nothing.
  function open(member, part, anchor) {
    close(piecesBox);
    if (!below(anchor, detail)) return;
    const view = state.view === "stages" ? null : gapsOf(state.view);
    const kind = CLASSES.includes(part) ? part : null;
    const touching = (gap) => !part || kind || gap[1] === part || gap[2] === part;
    let html = '<div class="heading"><h2 tabindex="-1">' + name(called(member)) + (kind ? ": " + esc(words(kind)) : "") + '</h2><button type="button" class="close noprint">Close</button></div>';
    html += '<p class="lead">' + esc(scopeName()) + ". A step is what it adds on the way to the later stage; press its items to see them.</p>";
    html += '<table class="walk"><caption>The walk, ' + esc(document.body.dataset.currency) + '</caption><thead><tr><th scope="col">Stage, class, reason</th><th scope="col" class="right">Items</th><th scope="col" class="right">Amount</th></tr></thead>';
    shared.gaps.forEach((gap, place) => {
      const steps = (stepsOf.get(member) || []).filter((step) => step[1] === place);
      if (!steps.length || (view && !view.includes(place)) || !touching(gap)) return;
      const total = (offset) => fromCents(steps.reduce((sum, step) => sum + cents(step[side() + offset]), 0n));
      html += '<tbody><tr class="stage"><th scope="row">' + esc(words(gap[1])) + "</th><td></td><td class=right>" + money(total(0)) + "</td></tr>";
      steps.filter((step) => step[side() + 2] && (!kind || shared.reasons[step[2]][1] === kind))
        .sort((one, two) => CLASSES.indexOf(shared.reasons[one[2]][1]) - CLASSES.indexOf(shared.reasons[two[2]][1]) || sized(two, one))
        .forEach((step) => {
          const reason = shared.reasons[step[2]];
          html += '<tr class="class"><th scope="row"><span class="dot ' + esc(reason[1]) + '"></span>' + esc(words(reason[0])) + " <small>" + esc(words(reason[1])) + ". " + esc(reason[2]) + '.</small></th><td class="right"><button type="button" class="cell" data-pieces="' + figures.steps.indexOf(step) + '">' + count(step[side() + 2]) + '</button></td><td class="right">' + money(fromCents(adds(step))) + "</td></tr>";
        });
      html += '<tr class="stage"><th scope="row">' + esc(words(gap[2])) + "</th><td></td><td class=right>" + money(total(1)) + "</td></tr></tbody>";
    });
    detail.innerHTML = html + "</table>";
    detail.querySelector("h2").focus({ preventScroll: true });
    detail.querySelector(".close").addEventListener("click", shut);
  }

  function shut() {
    close(piecesBox);
    close(detail);
  }

  async function showPieces(step, anchor) {
    const files = step[9].length ? step[9] : [step[0]];
    if (!below(anchor, piecesBox)) return;
    piecesBox.innerHTML = '<h2 tabindex="-1">Reconciling items</h2><p role="status" class="lead">Loading …</p><div class="scroll"></div>';
    piecesBox.querySelector("h2").textContent = title(shared.reasons[step[2]][0]) + ", " + words(shared.gaps[step[1]][1]) + " to " + words(shared.gaps[step[1]][2]) + ": reconciling items";
    piecesBox.querySelector("h2").focus({ preventScroll: anchor !== null });
    const status = piecesBox.querySelector("[role=status]");
    if (files.length > FEW) {
      const go = await new Promise((answer) => {
        status.innerHTML = "These items are of " + count(files.length) + ' customers. <button type="button">Load them all</button>';
        status.querySelector("button").addEventListener("click", () => answer(true));
      });
      if (!go) return;
    }
    const found = [];
    for (let place = 0; place < files.length; place += 1) {
      status.textContent = "Loading " + (place + 1) + " of " + files.length + " …";
      const shard = await load("pieces-" + files[place]);
      shard.pieces.forEach((piece) => {
        const row = inStep(piece, step, shard, files[place]);
        if (row) found.push(row);
      });
    }
    status.textContent = shared.reasons[step[2]][2] + ". Amounts count on the day of their own event; a side outside " + (noun === "month" ? "the month" : state.scope === "period" ? "the period" : "the time until " + ends) + " is shown with its day and counts nothing here.";
    const record = (which) => (value, row) => (row[which] ? '<button type="button" class="cell" data-row="' + row[0] + '">' + name(row[which][LABEL]) + "</button> <small>" + esc(words(row[which][2] + " " + row[which][3])) + "</small>" : Pack.none);
    const text = (which) => (value, row) => (row[which] ? row[which][2] + " " + row[which][3] + " " + row[which][LABEL] : "");
    found.forEach((row, place) => { row[0] = place; });
    const columns = [
      { title: "From", kind: "day", at: 1 },
      { title: "Record", kind: "name", at: 2, show: record(9), find: text(9), sort: text(9) },
      { title: "Amount from", kind: "money", at: 3, total: true },
      { title: "To", kind: "day", at: 4 },
      { title: "Record", kind: "name", at: 5, show: record(10), find: text(10), sort: text(10) },
      { title: "Amount to", kind: "money", at: 6, total: true },
      { title: "Adds", kind: "money", at: 7, total: true },
      { title: "Job", kind: "name", at: 8 },
      { title: "Customer", kind: "name", at: 12 },
      { title: "Found by", kind: "word", at: 13 },
    ];
    const holder = piecesBox.querySelector(".scroll");
    table(holder, columns, found, { order: [[6, "asc"]], length: 25, file: "items" });
    holder.addEventListener("click", (event) => {
      const button = event.target.closest("[data-row]");
      if (button) records(found[button.dataset.row], button);
    });
  }

  // A piece as a row of the table, or nothing where it is of another step or outside the scope.
  function inStep(piece, step, shard, customer) {
    if (piece[0] !== step[1] || piece[1] !== step[2]) return null;
    if (noun === "job" && piece[10] !== step[0]) return null;
    if (noun === "product" && piece[11] !== step[0]) return null;
    // Several persons may share a piece; on the page of one it counts with what is that person's.
    const shares = Array.isArray(piece[12]) ? piece[12] : [[piece[12], piece[5], piece[6]]];
    const own = noun === "owner" ? shares.find((share) => share[0] === step[0]) : [null, piece[5], piece[6]];
    if (!own) return null;
    const counts = (on) => on !== null && (noun === "month" ? on.slice(0, 7) === step[0].slice(0, 7) && on <= ends : on <= ends && (state.scope === "to_date" || on >= starts));
    const fromOn = iso(piece[3]), toOn = iso(piece[4]);
    const from = counts(fromOn) ? own[1] : "0.00", to = counts(toOn) ? own[2] : "0.00";
    if (from === "0.00" && to === "0.00") return null;
    const events = [piece[7], piece[8], piece[9]].map((place) => (place < 0 ? null : event(shard, place)));
    return [0, fromOn, null, from, toOn, null, to, fromCents(cents(to) - cents(from)), shared.names.job[piece[10]][0], events[0], events[1], events[2], shared.names.customer[customer][0], shard.words[piece[2]], piece[13], shared.names.product[piece[11]][0], shares.map((share) => shared.names.owner[share[0]][0]).join(", "), piece[10]];
  }

  function event(shard, place) {
    const found = shard.events[place].slice();
    [0, 2, 3, 5, 7, 10, 11].forEach((column) => { found[column] = found[column] < 0 ? null : shard.words[found[column]]; });
    found[1] = iso(found[1]);
    return found;
  }

  // Both records of a piece, and what else was evidence for it.
  function records(row, anchor) {
    if (!below(anchor, recordsBox)) return;
    const trace = (TIEOUT.data.traces || {})[row[17]];
    let html = '<h3 tabindex="-1">The records of item <code>' + esc(row[14]) + "…</code></h3>" + (trace ? '<p><a href="' + esc(trace) + '">The whole chain of this job</a></p>' : "") + '<div class="scroll" tabindex="0"><table><caption>Job ' + name(row[8]) + ", product " + name(row[15]) + ", credited to " + name(row[16]) + '</caption><thead><tr><th scope="col">Side</th><th scope="col">Stage</th><th scope="col">Day</th><th scope="col">System and record</th><th scope="col" class="right">Quantity</th><th scope="col" class="right">Document amount</th><th scope="col" class="right">Rate</th><th scope="col" class="right">' + esc(document.body.dataset.currency) + '</th><th scope="col">Valued by</th></tr></thead><tbody>';
    [["from", row[9]], ["to", row[10]], ["evidence", row[11]]].forEach(([which, found]) => {
      if (!found) return;
      html += '<tr><th scope="row">' + which + "</th><td>" + esc(words(found[0])) + "</td><td>" + day(found[1]) + "</td><td>" + name(found[LABEL]) + " <small>" + esc(words(found[2] + " " + found[3])) + " <code>" + name(found[4]) + "</code></small>" + '</td><td class="right">' + (found[9] === null ? Pack.none : esc(found[9]) + " " + esc(found[10] || "")) + '</td><td class="right">' + esc(found[5] || "") + " " + money(found[6]) + '</td><td class="right">' + name(found[7]) + '</td><td class="right">' + money(found[8]) + "</td><td>" + (found[11] ? esc(words(found[11])) : Pack.none) + "</td></tr>";
    });
    recordsBox.innerHTML = html + "</tbody></table></div>";
    label(recordsBox);
    recordsBox.querySelector("h3").focus({ preventScroll: true });
  }

  document.getElementById("members").addEventListener("click", (event) => {
    const button = event.target.closest("[data-member]");
    if (button) open(noun === "month" ? button.dataset.member : Number(button.dataset.member), button.dataset.part, button);
  });
  detail.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pieces]");
    if (button) showPieces(figures.steps[button.dataset.pieces], button).catch((error) => { piecesBox.querySelector("[role=status]").textContent = error.message; });
  });
  const chosen = (what) => (value) => { state[what] = value; shut(); draw(); };
  const scopes = document.getElementById("scopes");
  if (scopes) state.scope = choices(scopes, chosen("scope"));
  state.view = choices(document.getElementById("views"), chosen("view"));
  draw();

  // A reason of the overview leads here: #gap/reason/scope, the pieces of everybody.
  function arrive() {
    const [gap, reason, scope] = location.hash.slice(1).split("/").map(decodeURIComponent);
    const gapPlace = shared.gaps.findIndex((known) => known[0] === gap);
    const reasonPlace = shared.reasons.findIndex((known) => known[0] === reason);
    if (noun !== "customer" || gapPlace < 0 || reasonPlace < 0) return;
    const press = (group, value) => { const button = document.querySelector("#" + group + ' button[value="' + value + '"]'); if (button) button.click(); };
    press("scopes", scope === "period" ? "period" : "to_date");
    press("views", gapPlace);
    const own = figures.steps.filter((step) => step[1] === gapPlace && step[2] === reasonPlace && step[side() + 2]);
    if (own.length) showPieces([null, gapPlace, reasonPlace, null, null, null, null, null, null, own.map((step) => step[0])], null).catch((error) => { piecesBox.querySelector("[role=status]").textContent = error.message; });
  }
  addEventListener("hashchange", arrive);
  arrive();
})();
