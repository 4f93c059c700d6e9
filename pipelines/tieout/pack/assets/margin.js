// The margin: a customer's walk and its jobs, a job's walk and its products, the records behind an effect.
(function () {
  "use strict";
  const { esc, words, title, name, money, count, day, cents, fromCents, load, table, below, close, reveal, none } = Pack;
  const given = TIEOUT.data.margins, members = TIEOUT.data.shared.names;
  const currency = document.body.dataset.currency;
  const CUSTOMER = 0, JOB = 1, PRODUCT = 2, PLANNED = 3, VALUE = 4, COST = 5, REALISED = 6, UNPLANNED = 7, EFFECTS = 8;
  const LEVELS = [{ noun: "customer", at: CUSTOMER }, { noun: "job", at: JOB }, { noun: "product", at: PRODUCT }];
  const RECORD = { job: 0, product: 1, effect: 2, reason: 3, gapClass: 4, on: 5, value: 6, cost: 7, adds: 8, label: 9, stage: 10, system: 11, entity: 12, id: 13 };

  const IDS = ["detail", "job", "product", "records"];
  // A box a level, and one for the records: each stands inside the one before it.
  const boxes = [...LEVELS.map((level) => "The margin of a " + level.noun), "The records"].map((label, place) => {
    const box = document.createElement("section");
    box.setAttribute("aria-label", label);
    box.id = IDS[place];
    box.hidden = true;
    document.getElementById("main").append(box);
    return box;
  });
  const tables = [];
  const shut = (from) => boxes.slice(from).reverse().forEach(close);

  const sum = (rows, at) => rows.reduce((total, row) => total + cents(row[at]), 0n);
  // To a tenth of a hundred, half to the even one, as the pages round.
  function percent(part, whole) {
    if (whole <= 0n) return null;
    const size = part < 0n ? -part : part, found = size * 1000n / whole, rest = (size * 1000n % whole) * 2n;
    const tenths = (rest > whole || (rest === whole && found % 2n === 1n) ? found + 1n : found).toString().padStart(2, "0");
    return (part < 0n && tenths !== "00" ? "-" : "") + tenths.slice(0, -1) + "." + tenths.slice(-1);
  }

  // One row a member of the level: [place, name, about, planned, value, cost, realised, against the plan, percent].
  function grouped(rows, level) {
    const own = new Map();
    rows.forEach((row) => {
      const key = row[LEVELS[level].at];
      if (!own.has(key)) own.set(key, []);
      own.get(key).push(row);
    });
    return Array.from(own, ([place, list]) => {
      const [planned, value, cost, realised] = [PLANNED, VALUE, COST, REALISED].map((at) => sum(list, at));
      const [called, about] = members[LEVELS[level].noun][place];
      return [place, called, about, ...[planned, value, cost, realised, realised - planned].map(fromCents), percent(realised, value)];
    });
  }

  function list(holder, rows, level) {
    const noun = LEVELS[level].noun;
    const made = table(holder, [
      { title: title(noun), kind: "name", at: 1, show: (value, row) => '<button type="button" class="cell who" aria-expanded="false" data-level="' + level + '" data-member="' + row[0] + '">' + name(value) + "</button>" + (row[2] ? " <small>" + name(row[2]) + "</small>" : ""), find: (value, row) => (row[2] ? value + " · " + row[2] : value) },
      { title: "Planned", kind: "money", at: 3, total: true },
      { title: "Value", kind: "money", at: 4, total: true },
      { title: "Cost", kind: "money", at: 5, total: true, wide: true },
      { title: "Realised", kind: "money", at: 6, total: true },
      { title: "Against the plan", kind: "money", at: 7, total: true },
      { title: "Percent", kind: "number", at: 8, show: (value) => (value === null ? none : esc(value) + " %") },
    ], grouped(rows, level), { order: [[level === 0 ? 4 : 5, level === 0 ? "desc" : "asc"]], length: level === 0 ? 25 : 10, file: "margin-by-" + noun, caption: "By " + noun + ", " + currency });
    tables[level] = made;
    return made;
  }

  // The walk with its bars; a bar begins where the one before it ends. Numbers only place the bars.
  function walk(rows, level) {
    const amounts = given.effects.map(() => 0n);
    rows.forEach((row) => row[EFFECTS].forEach(([place, amount]) => { amounts[place] += cents(amount); }));
    const lines = [["planned", "", sum(rows, PLANNED), null]];
    given.effects.forEach(([effect, sentence], place) => { if (amounts[place]) lines.push([effect, sentence, amounts[place], place]); });
    lines.push(["realised", "", sum(rows, REALISED), null]);
    let height = 0n;
    const ends = lines.map(([, , amount, place]) => {
      const start = place === null ? 0n : height;
      height = start + amount;
      return [start, height];
    });
    const all = ends.flat().map(Number), low = Math.min(...all), size = Math.max(...all) - low || 1;
    return '<table class="walk falls"><caption>From the planned margin to the realised one, ' + esc(currency) + '; press an effect for its records</caption><thead><tr><th scope="col">Effect</th><th scope="col" class="drawn"><span class="unseen">Drawn</span></th><th scope="col" class="right">Amount</th></tr></thead><tbody>' +
      lines.map(([effect, sentence, amount, place], index) => {
        const [start, end] = ends[index].map(Number);
        const kind = place === null ? "total" : amount < 0n ? "fall" : "rise";
        const said = place === null ? esc(words(effect)) : '<button type="button" class="cell" aria-expanded="false" data-of="' + level + '" data-effect="' + place + '">' + esc(title(effect)) + "</button> <small>" + esc(sentence) + "</small>";
        return '<tr class="' + (place === null ? "stage" : "class") + '"><th scope="row">' + said + '</th><td class="drawn" aria-hidden="true"><svg viewBox="0 0 100 10" preserveAspectRatio="none"><rect x="' + (100 * (Math.min(start, end) - low) / size).toFixed(2) + '" y="1" width="' + (100 * Math.abs(end - start) / size).toFixed(2) + '" height="8" class="' + kind + '"/></svg></td><td class="right">' + money(fromCents(amount)) + "</td></tr>";
      }).join("") + "</tbody></table>";
  }

  const chosen = [];
  const within = (level) => given.rows.filter((row) => LEVELS.slice(0, level + 1).every((one, place) => row[one.at] === chosen[place]));

  function open(level, place, anchor) {
    shut(level + 1);
    const box = boxes[level];
    if (!below(anchor, box)) return;
    chosen.length = level;
    chosen[level] = place;
    const rows = within(level), called = members[LEVELS[level].noun][place][0];
    const trace = level > 0 ? (TIEOUT.data.traces || {})[chosen[1]] : null;
    const unplanned = rows.filter((row) => row[UNPLANNED]).length;
    box.innerHTML = '<div class="heading"><h3 tabindex="-1">' + name(called) + '</h3><button type="button" class="close noprint" data-shuts="' + level + '">Close</button></div>' +
      (unplanned ? '<p class="small">' + (unplanned === rows.length ? "Nothing of it was planned" : count(unplanned) + " of its " + count(rows.length) + " jobs and products were not planned") + ": there the walk starts at what was booked.</p>" : "") +
      (level === 1 && trace ? '<p><a href="' + esc(trace) + '">The whole chain of this job</a></p>' : "") + walk(rows, level) + '<div class="scroll"></div>';
    const holder = box.querySelector(".scroll");
    if (level + 1 < LEVELS.length) list(holder, rows, level + 1);
    else records(holder, level, null).catch((error) => { holder.textContent = error.message; });
    box.querySelector("h3").focus({ preventScroll: true });
  }

  // What shows an effect, or all of them, of what is chosen down to a level.
  async function records(holder, level, effect) {
    holder.innerHTML = '<p role="status">Loading …</p>';
    const [customer, job, product] = chosen.slice(0, level + 1);
    const shard = await load("margin-" + customer);
    const said = (place) => (place < 0 ? null : shard.words[place]);
    const rows = shard.records.filter((row) => (job === undefined || row[RECORD.job] === job) && (product === undefined || row[RECORD.product] === product) && (effect === null || row[RECORD.effect] === effect))
      .map((row) => {
        const told = row.slice();
        [RECORD.reason, RECORD.gapClass, RECORD.stage, RECORD.system, RECORD.entity].forEach((at) => { told[at] = said(row[at]); });
        told[RECORD.effect] = given.effects[row[RECORD.effect]][0];
        told.push(members.job[row[RECORD.job]][0], members.product[row[RECORD.product]][0]);
        return told;
      });
    const own = RECORD.id + 1;
    const columns = [
      { title: "Day", kind: "day", at: RECORD.on },
      { title: "Effect", kind: "word", at: RECORD.effect, show: (value, row) => '<span class="dot ' + esc(row[RECORD.gapClass]) + '" aria-hidden="true"></span>' + esc(words(value)) + " <small>" + esc(words(row[RECORD.reason])) + "</small>", find: (value, row) => words(value) + ", " + words(row[RECORD.reason]) },
      { title: "Record", kind: "name", at: RECORD.label, show: (value, row) => (row[RECORD.system] === null ? none : name(value || row[RECORD.id]) + " <small>" + esc(words(row[RECORD.system] + " " + row[RECORD.entity])) + "</small>") },
    ];
    if (job === undefined) columns.push({ title: "Job", kind: "name", at: own, show: (value, row) => '<a class="job" href="#job/' + row[RECORD.job] + '">' + name(value) + "</a>" });
    if (product === undefined) columns.push({ title: "Product", kind: "name", at: own + 1 });
    columns.push({ title: "Value", kind: "money", at: RECORD.value, total: true }, { title: "Cost", kind: "money", at: RECORD.cost, total: true }, { title: "Adds", kind: "money", at: RECORD.adds, total: true });
    holder.replaceChildren();
    table(holder, columns, rows, { order: [[columns.length - 1, "asc"]], length: 10, file: "margin-records", caption: "The records, " + currency });
  }

  function effects(button) {
    const box = boxes[3];
    if (!below(button, box)) return;
    const effect = Number(button.dataset.effect);
    box.innerHTML = '<h4 tabindex="-1">' + esc(title(given.effects[effect][0])) + '</h4><div class="scroll"></div>';
    records(box.querySelector(".scroll"), Number(button.dataset.of), effect).catch((error) => { box.querySelector(".scroll").textContent = error.message; });
    box.querySelector("h4").focus({ preventScroll: true });
  }

  document.getElementById("main").addEventListener("click", (event) => {
    const member = event.target.closest("[data-member]"), shuts = event.target.closest("[data-shuts]"), effect = event.target.closest("[data-effect]");
    if (shuts) shut(Number(shuts.dataset.shuts));
    else if (member) open(Number(member.dataset.level), Number(member.dataset.member), member);
    else if (effect) effects(effect);
  });

  // A job elsewhere leads here: #job/place, or #customer/place.
  function arrive() {
    const [noun, place] = location.hash.slice(1).split("/");
    const level = LEVELS.findIndex((one) => one.noun === noun);
    const row = level < 0 || level > 1 ? null : given.rows.find((one) => one[LEVELS[level].at] === Number(place));
    if (!row) return;
    shut(0);
    for (let step = 0; step <= level; step += 1) {
      const found = reveal(tables[step], (one) => one[0] === row[LEVELS[step].at]);
      open(step, row[LEVELS[step].at], found.querySelector("[data-member]"));
    }
    boxes[level].querySelector("h3").scrollIntoView({ block: "start" });
  }
  list(document.getElementById("members"), given.rows, 0);
  addEventListener("hashchange", arrive);
  arrive();
})();
