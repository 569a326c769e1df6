// Everything here is an improvement: without it the page says and shows the same.
(() => {
  "use strict";
  const root = document.documentElement;
  const keep = {
    get: k => { try { return localStorage.getItem("workerlab-" + k) } catch { return null } },
    set: (k, v) => { try { localStorage.setItem("workerlab-" + k, v) } catch { /* a browser that keeps nothing */ } },
  };
  const choose = (name, value) => {
    const radio = document.querySelector(`input[name=${name}][value=${CSS.escape(value)}]`);
    if (radio) radio.checked = true;
  };
  const chosen = name => document.querySelector(`input[name=${name}]:checked`)?.value; // a page in one language has no choice of it
  const languages = [...document.querySelectorAll("input[name=language]")].map(radio => radio.value);
  const speak = () => { root.lang = chosen("language") ?? root.lang }; // what is in the other one is not shown

  choose("language", keep.get("language") ?? languages.find(code => navigator.language?.startsWith(code)) ?? "en");
  choose("theme", keep.get("theme") ?? "auto");
  speak();

  const plots = new Map(); // panel → its uPlot
  for (const radio of document.querySelectorAll("input[name=language], input[name=theme]")) {
    radio.addEventListener("change", () => {
      keep.set(radio.name, radio.value);
      speak();
      for (const panel of [...plots.keys()]) { close(panel); open(panel) }
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const panel of [...plots.keys()]) { close(panel); open(panel) }
  });
  addEventListener("resize", () => {
    for (const [panel, plot] of plots) plot.setSize(size(panel));
  });

  const size = panel => {
    const width = panel.querySelector(".drawing").clientWidth;
    return { width, height: Math.round(Math.min(420, Math.max(240, width * 0.56))) };
  };
  const colour = (panel, name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    panel.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const faint = (c, share) => c.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);

  // joined puts the series onto one axis: where one has no point, it has null.
  const joined = spec => {
    const xs = [...new Set(spec.s.flatMap(s => s.x))].sort((a, b) => a - b);
    const columns = [xs];
    for (const s of spec.s) {
      const at = new Map(s.x.map((x, i) => [x, s.y[i]]));
      for (let k = 0; k < 3; k++) columns.push(xs.map(x => at.get(x)?.[k] ?? (at.has(x) && k ? at.get(x)[0] : null)));
    }
    return columns;
  };

  const options = (panel, spec) => {
    const language = Math.max(0, languages.indexOf(chosen("language")));
    const ink = colour(panel, "ink"), grid = colour(panel, "faint");
    const series = [{ label: spec.x[language] }], bands = [];
    for (const s of spec.s) {
      const stroke = colour(panel, s.c), first = series.length;
      const paths = s.k === "s" ? uPlot.paths.stepped({ align: 1 }) : s.k === "m" ? () => null : undefined;
      const digits = v => String(+v.toPrecision(4));
      const read = (plot, v, k, i) => {
        if (v == null) return "–";
        const low = plot.data[k + 1][i], high = plot.data[k + 2][i];
        return low === high ? digits(v) : `${digits(v)} (${digits(low)}–${digits(high)})`;
      };
      series.push({
        label: s.n[language], stroke, width: 2, paths, spanGaps: true, value: read,
        dash: s.k === "l" ? [8, 5] : undefined, points: { show: s.k === "p" || s.k === "m", size: 8, fill: stroke },
      });
      for (const bound of ["low", "high"]) {
        series.push({ label: bound, class: "bound", stroke: "transparent", paths, spanGaps: true, points: { show: false } });
      }
      bands.push({ series: [first + 2, first + 1], fill: faint(stroke, 0.16) });
    }
    const axis = label => ({ label, stroke: ink, font: "13px system-ui", labelFont: "14px system-ui", grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, size: 62 });
    return {
      ...size(panel), series, bands,
      axes: [{ ...axis(spec.x[language]), size: 44 }, axis(spec.y[language])],
      scales: {
        x: { time: false, distr: spec.lx ? 3 : 1 },
        y: { distr: spec.ly ? 3 : 1, range: spec.ly ? undefined : (_, low, high) => [Math.min(0, low), high * 1.06 || 1] },
      },
      cursor: { drag: { x: true, y: true, uni: 20 } },
    };
  };

  const specs = figure => JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const open = panel => {
    const spec = specs(panel.closest("figure"))[+panel.dataset.plot];
    const drawing = panel.querySelector(".drawing");
    const chart = options(panel, spec);
    for (const svg of drawing.querySelectorAll("svg")) svg.style.display = "none";
    const columns = joined(spec);
    plots.set(panel, new uPlot(chart, columns, drawing));
  };
  const close = panel => {
    plots.get(panel).destroy();
    plots.delete(panel);
    for (const svg of panel.querySelectorAll("svg")) svg.style.display = "";
  };

  for (const button of document.querySelectorAll("button.zoom")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", on);
      for (const panel of button.closest("figure").querySelectorAll("[data-plot]")) (on ? open : close)(panel);
    });
  }
})();
