// The first page: which walk is shown, and the waterfall whose bars open into reasons.
(function () {
  "use strict";
  const walks = TIEOUT.data.walk;
  const chart = document.getElementById("waterfall");
  const opened = new Set();
  let scope = "period";
  let printing = false;

  const words = (name) => name.replace(/_/g, " ");
  const Words = (name) => words(name).replace(/^./, (first) => first.toUpperCase());
  const grouped = (text) => {
    const [, sign, whole, cents] = /^(-?)(\d+)(\.\d+)?$/.exec(text);
    return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (cents || "");
  };
  const short = (text) => {
    const size = Math.abs(Number(text));
    const shown = size >= 999500 ? (size / 1e6).toFixed(2) + "M" : size >= 1000 ? Math.round(size / 1e3) + "k" : Math.round(size).toString();
    return (text[0] === "-" ? "-" : "") + shown;
  };
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  // Bars in order: a stage stands on the ground, whatever is between two stages floats from one level to the next.
  // Numbers only place the bars; what is read is the text of the exact amount.
  function bars() {
    const found = [];
    const main = walks[scope].filter((leg) => leg.gap !== "delivered_to_recognised");
    main.forEach((leg, place) => {
      if (place === 0) found.push({ label: Words(leg.from[0]), text: leg.from[1], low: 0, size: Number(leg.from[1]), colour: "stage" });
      let level = Number(leg.from[1]);
      const step = (label, text, name, key, hover) => {
        const size = Number(text);
        found.push({ label, text, low: size < 0 ? level + size : level, size: Math.abs(size), colour: name, key, hover });
        level += size;
      };
      leg.classes.forEach((entry) => {
        const key = leg.gap + "-" + entry.name;
        if (opened.has(key)) entry.reasons.forEach((reason) => step(words(reason[0]), reason[1], entry.name, key, reason[2]));
        else step(Words(entry.name), entry.amount, entry.name, key, entry.reasons.length + " reasons, from " + leg.from[0] + " to " + leg.to[0]);
      });
      found.push({ label: Words(leg.to[0]), text: leg.to[1], low: 0, size: Number(leg.to[1]), colour: "stage" });
    });
    return found;
  }

  function draw() {
    const list = bars();
    const lying = !printing && chart.clientWidth < 700;
    const labels = list.map((_, place) => place);
    const along = { tickvals: labels, ticktext: list.map((bar) => bar.label), automargin: true, tickangle: lying ? 0 : -40, color: colour("ink"), fixedrange: true, showgrid: false };
    const scale = { gridcolor: colour("line"), zerolinecolor: colour("soft"), color: colour("soft"), fixedrange: true, tickformat: "~s", automargin: true };
    const trace = {
      type: "bar", orientation: lying ? "h" : "v",
      base: list.map((bar) => bar.low),
      text: list.map((bar) => short(bar.text)), textposition: "outside", cliponaxis: false,
      textfont: { color: list.map((bar) => colour(bar.text[0] === "-" ? "bad" : "ink")), size: printing ? 9 : 12 },
      hovertext: list.map((bar) => bar.label + "<br>" + document.body.dataset.currency + " " + grouped(bar.text) + (bar.hover ? "<br>" + bar.hover : "")),
      hovertemplate: "%{hovertext}<extra></extra>",
      marker: { color: list.map((bar) => colour(bar.colour)) },
    };
    trace[lying ? "y" : "x"] = labels;
    trace[lying ? "x" : "y"] = list.map((bar) => bar.size);
    const layout = {
      // A page of paper is narrower than most windows.
      width: printing ? 680 : undefined, height: lying ? 40 + 26 * list.length : printing ? 330 : 440, margin: { l: 10, r: lying ? 60 : 10, t: 24, b: 10 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", bargap: 0.25, showlegend: false,
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("ink") },
      xaxis: lying ? scale : along, yaxis: lying ? Object.assign({ autorange: "reversed" }, along) : scale,
      hoverlabel: { bgcolor: colour("raised"), bordercolor: colour("line"), font: { color: colour("ink") } },
    };
    Plotly.react(chart, [trace], layout, { displayModeBar: false, responsive: true });
    if (!chart.dataset.listens) {
      chart.dataset.listens = "yes";
      chart.on("plotly_click", (event) => {
        const key = bars()[event.points[0].pointIndex].key;
        if (key) toggle(key);
      });
    }
  }

  function toggle(key) {
    if (!opened.delete(key)) opened.add(key);
    document.querySelectorAll("button.open").forEach((button) => {
      if (button.dataset.opens !== scope + "-" + key) return;
      show(button, opened.has(key));
    });
    draw();
  }

  function show(button, open) {
    button.setAttribute("aria-expanded", String(open));
    document.querySelectorAll("tr.reason").forEach((row) => {
      if (row.dataset.of === button.dataset.opens) row.hidden = !open;
    });
  }

  document.querySelectorAll("button.open").forEach((button) => {
    button.addEventListener("click", () => toggle(button.dataset.opens.slice(button.dataset.opens.indexOf("-") + 1)));
  });
  document.querySelectorAll("button[data-scope]").forEach((button) => {
    button.addEventListener("click", () => {
      scope = button.dataset.scope;
      opened.clear();
      document.querySelectorAll("button[data-scope]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      document.querySelectorAll("[data-walk]").forEach((walk) => { walk.hidden = walk.dataset.walk !== scope; });
      document.querySelectorAll("button.open").forEach((other) => show(other, false));
      draw();
    });
  });
  // Each stage a line over the months.
  const trend = TIEOUT.data.months, lines = document.getElementById("months");
  const DASHES = { booked: "dot", contracted: "dashdot", delivered: "solid", invoiced: "solid", recognised: "dash", cash: "solid" };
  function drawMonths() {
    if (!lines) return;
    const narrow = !printing && lines.clientWidth < 700;
    Plotly.react(lines, Object.entries(trend.stages).map(([stage, amounts]) => ({
      type: "scatter", mode: "lines", name: Words(stage), x: trend.months, y: amounts.map(Number),
      line: { color: colour("line-" + stage), dash: DASHES[stage], width: 2 },
      text: amounts.map(grouped), hovertemplate: "%{text}<extra>" + Words(stage) + "</extra>",
    })), {
      width: printing ? 680 : undefined, height: printing ? 260 : 320, margin: { l: 10, r: 10, t: 10, b: 10 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("ink") }, hovermode: "x unified",
      xaxis: { color: colour("soft"), gridcolor: colour("line"), fixedrange: true, automargin: true, tickformat: "%b %Y", nticks: narrow ? 4 : 10, hoverformat: "%B %Y" },
      yaxis: { color: colour("soft"), gridcolor: colour("line"), fixedrange: true, automargin: true, tickformat: "~s", rangemode: "tozero" },
      legend: { orientation: "h", y: -0.15 }, hoverlabel: { bgcolor: colour("raised"), bordercolor: colour("line"), font: { color: colour("ink") } },
    }, { displayModeBar: false, responsive: true });
  }
  const both = () => { draw(); drawMonths(); };

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", both);
  addEventListener("beforeprint", () => { printing = true; both(); });
  addEventListener("afterprint", () => { printing = false; both(); });
  let width = chart.clientWidth;
  addEventListener("resize", () => {
    if ((width < 700) !== (chart.clientWidth < 700)) { width = chart.clientWidth; both(); }
  });
  both();
})();
