// What all pages share: exact amounts, names that only show, tables whose totals are of the rows that are shown.
window.Pack = (function () {
  "use strict";
  const EPOCH = Date.UTC(2000, 0, 1);
  const NARROW = matchMedia("(max-width: 40rem)");
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  const esc = (text) => String(text).replace(/[&<>"']/g, (sign) => "&#" + sign.charCodeAt(0) + ";");
  const words = (name) => String(name).replace(/_/g, " ");
  const title = (name) => words(name).replace(/^./, (first) => first.toUpperCase());
  const none = '<span class="none">–</span>';
  const name = (text) => (text === null || text === "" ? none : "<bdi>" + esc(text) + "</bdi>");

  // An amount is text of a decimal with two places, and adds up as whole cents: never as a floating-point number.
  const cents = (text) => BigInt(text.replace(".", ""));
  const fromCents = (sum) => {
    const size = (sum < 0n ? -sum : sum).toString().padStart(3, "0");
    return (sum < 0n ? "-" : "") + size.slice(0, -2) + "." + size.slice(-2);
  };
  const grouped = (text) => {
    const [whole, rest] = text.replace("-", "").split(".");
    return (text[0] === "-" ? "-" : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest === undefined ? "" : "." + rest);
  };
  const money = (text) => (text === null ? none : '<span class="amount' + (text[0] === "-" ? " neg" : "") + '">' + grouped(text) + "</span>");
  const count = (number) => (number === null ? none : grouped(String(number)));
  const iso = (number) => (number === null ? null : new Date(EPOCH + number * 864e5).toISOString().slice(0, 10));
  const day = (text) => {
    if (text === null) return none;
    const [year, month, number] = text.slice(0, 10).split("-");
    return '<time datetime="' + esc(text.slice(0, 10)) + '">' + Number(number) + " " + MONTHS[month - 1] + " " + year + "</time>";
  };

  // What is loaded when somebody asks for it is compressed JSON.
  async function unpacked(file) {
    if (typeof DecompressionStream === "undefined") throw new Error("this browser is of before 2023 and cannot unpack data/" + file + ".js: open the page in a newer one");
    const bytes = Uint8Array.from(atob(TIEOUT.packed[file]), (letter) => letter.charCodeAt(0));
    delete TIEOUT.packed[file];
    const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
    return JSON.parse(text);
  }

  const loads = new Map();
  // A script, since a page opened from disk may not read files.
  function load(file) {
    if (!loads.has(file)) {
      loads.set(file, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = "data/" + file + ".js";
        script.onload = () => unpacked(file).then(done, failed);
        script.onerror = () => failed(new Error("data/" + file + ".js is missing: copy the whole folder"));
        document.head.append(script);
      }));
    }
    return loads.get(file);
  }

  // How each kind of column is shown, sorted and written to a file. `name` is whatever people called something.
  const KINDS = {
    name: { show: name, sort: (value) => (value === null ? "" : String(value).toLowerCase()) },
    word: { show: (value) => (value === null ? none : esc(words(value))), sort: (value) => value || "" },
    money: { show: (value) => (value === "0.00" ? '<span class="none">' + money(value) + "</span>" : money(value)), sort: (value) => (value === null ? -Infinity : Number(value)), right: true },
    // A rate or a probability, as exact text; zeros at its end say nothing.
    number: { show: (value) => (value === null ? none : esc(String(value).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""))), sort: (value) => (value === null ? -Infinity : Number(value)), right: true },
    count: { show: count, sort: (value) => (value === null ? -1 : Number(value)), right: true },
    day: { show: day, sort: (value) => value || "" },
  };

  // A table over `rows` (arrays). A column: {title, kind, at: place in the row, show?: (value, row) => HTML, total: bool,
  // wide: only where there is room}.
  function table(holder, columns, rows, options) {
    const settings = options || {};
    holder.replaceChildren();
    const element = document.createElement("table");
    element.className = "data";
    const totals = columns.some((column) => column.total);
    element.innerHTML = (settings.caption ? "<caption>" + esc(settings.caption) + "</caption>" : "") +
      (totals ? "<tfoot><tr>" + columns.map((column, place) => (place ? '<td class="' + (column.total ? "num" : column.wide ? "wide" : "") + '"></td>' : '<th scope="row"></th>')).join("") + "</tr></tfoot>" : "");
    holder.append(element);
    const made = new DataTables.default(element, {
      data: rows,
      deferRender: true,
      autoWidth: false,
      order: settings.order || [],
      pageLength: NARROW.matches ? 10 : settings.length || 50,
      lengthMenu: [[10, 25, 50, 100, 500, -1], [10, 25, 50, 100, 500, "all"]],
      layout: { topStart: "search", topEnd: null, bottomStart: "info", bottomEnd: ["pageLength", "paging"] },
      language: { search: "Search", lengthMenu: "Show _MENU_", info: "_START_ to _END_ of _TOTAL_", infoEmpty: "none", infoFiltered: "(of _MAX_)", emptyTable: "Nothing", zeroRecords: "Nothing is like that", entries: { _: "rows", 1: "row" } },
      columns: columns.map((column) => {
        const kind = KINDS[column.kind];
        return {
          title: esc(column.title),
          className: (kind.right ? "num" : column.narrow ? "narrow" : "") + (column.wide ? " wide" : ""),
          orderable: column.sorts !== false,
          type: kind.right ? "num" : "string",
          // Where a row has no room, each cell stands below its name.
          createdCell: (cell) => { cell.dataset.label = column.title; },
          orderSequence: kind.right ? ["desc", "asc"] : ["asc", "desc"],
          data: (row, asked) => {
            const value = row[column.at];
            if (asked === "display") return column.show ? column.show(value, row) : kind.show(value);
            // Escaped: DataTables reads what it searches as HTML.
            if (asked === "filter") return esc(column.find ? column.find(value, row) : value === null || value === undefined ? "" : value);
            return column.sort ? column.sort(value, row) : kind.sort(value);
          },
        };
      }),
      footerCallback: totals ? function () {
        // Of every row that the search leaves, on whichever page it is.
        const shown = this.api().rows({ search: "applied" }).data();
        const cells = element.querySelectorAll("tfoot th, tfoot td");
        columns.forEach((column, place) => { cells[place].dataset.label = column.title; });
        cells[0].textContent = "Total of " + grouped(String(shown.length)) + (shown.length === 1 ? " row" : " rows");
        columns.forEach((column, place) => {
          if (!column.total) return;
          let sum = 0n;
          const amounts = column.kind === "money";
          for (let index = 0; index < shown.length; index += 1) {
            const value = shown[index][column.at];
            if (value !== null) sum += amounts ? cents(value) : BigInt(value);
          }
          cells[place].innerHTML = amounts ? money(fromCents(sum)) : grouped(sum.toString());
        });
      } : undefined,
      createdRow: settings.created,
    });
    if (settings.file) saver(holder, settings.file, columns, made);
    return made;
  }

  // What a spreadsheet would take for a formula is quoted; amounts stay numbers.
  const harmless = (value) => (/^[=+\-@\t\r]/.test(value) ? "'" + value : value);
  function saver(holder, file, columns, made) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "save noprint";
    button.textContent = "Save as CSV";
    button.addEventListener("click", () => {
      const cell = (value, column) => {
        const text = value === null || value === undefined ? "" : String(value);
        return '"' + (KINDS[column.kind].right ? text : harmless(text)).replace(/"/g, '""') + '"';
      };
      const kept = columns.filter((column) => column.saves !== false);
      const lines = [kept.map((column) => cell(column.title, { kind: "name" })).join(",")];
      made.rows({ search: "applied", order: "applied" }).data().toArray().forEach((row) => {
        lines.push(kept.map((column) => cell(column.find ? column.find(row[column.at], row) : row[column.at], column)).join(","));
      });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
      link.download = file + ".csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    holder.append(button);
  }

  // What is pressed opens where it is pressed: `box` stands in a row under that of `anchor`, as wide as is seen of the
  // table. Pressed again it closes. Without an anchor it stays where it is. Says whether it is open.
  function below(anchor, box) {
    const again = anchor !== null && box.anchor === anchor && !box.hidden && box.isConnected;
    close(box);
    if (again) return false;
    box.hidden = false;
    if (anchor === null) return true;
    const row = anchor.closest("tr"), opened = document.createElement("tr"), cell = document.createElement("td"), held = document.createElement("div");
    opened.className = "opened";
    cell.colSpan = Array.from(row.cells).reduce((sum, one) => sum + one.colSpan, 0);
    held.className = "held";
    held.append(box);
    cell.append(held);
    opened.append(cell);
    row.after(opened);
    box.anchor = anchor;
    anchor.setAttribute("aria-expanded", "true");
    fit();
    // Below the middle of the window nobody would see that something opened.
    if (row.getBoundingClientRect().bottom > innerHeight / 2) row.scrollIntoView({ block: "start" });
    return true;
  }

  function close(box) {
    const opened = box.closest("tr.opened");
    if (box.anchor) box.anchor.setAttribute("aria-expanded", "false");
    box.anchor = null;
    box.hidden = true;
    document.getElementById("main").append(box);
    if (opened) opened.remove();
  }

  // A table may be wider than the window; what opened in it is not.
  function fit() {
    document.querySelectorAll(".held").forEach((held) => {
      const seen = held.parentElement.closest(".scroll") || document.getElementById("main");
      const edge = held.parentElement.clientLeft;
      held.style.width = Math.min(seen.clientWidth, held.closest("table").clientWidth) - edge + "px";
    });
  }
  addEventListener("resize", fit);

  // Turns a table to the page on which a row stands, and gives the row; a search that hides it is ended.
  function reveal(made, wanted) {
    const place = () => made.rows({ search: "applied", order: "applied" }).data().toArray().findIndex(wanted);
    if (place() < 0) made.search("").draw();
    const found = place();
    if (found < 0) return null;
    if (made.page.len() > 0) made.page(Math.floor(found / made.page.len())).draw("page");
    return made.row(made.rows({ search: "applied", order: "applied" }).indexes()[found]).node();
  }

  // One of a group of buttons is pressed; returns which.
  function choices(group, chosen) {
    const buttons = Array.from(group.querySelectorAll("button"));
    buttons.forEach((button) => button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      chosen(button.value);
    }));
    return buttons.find((button) => button.getAttribute("aria-pressed") === "true").value;
  }

  return { esc, words, title, name, money, count, day, iso, cents, fromCents, grouped, load, table, below, close, reveal, label: window.labelTables, choices, none };
})();
