/// What the page does when it is used: scenario, colours, layers, values on pointing, sorting, language, zoom.
///
/// Everything is already drawn and readable without it.
enum ReportScript {
  static let source = #"""
    (() => {
      "use strict";
      const data = JSON.parse(document.getElementById("data").textContent);
      const root = document.documentElement;
      const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
      const radios = all("input[name=scenario]");
      const select = document.getElementById("theme");
      const svg = document.getElementById("map-svg");
      const detail = document.getElementById("detail");
      const state = {
        scenario: Number((radios.find((radio) => radio.checked) || { value: 0 }).value),
        theme: 0,
        area: null,
      };
      const scenarioLabels = radios.map((radio) => radio.nextElementSibling.innerHTML);

      // Numbers: thousands apart by a thin space from 10 000 on, the decimal sign of the language.
      const text = (value, decimals) => {
        if (value === null || value === undefined) return "–";
        if (value === 0) return "0";
        if (value > 0 && Number(value.toFixed(decimals)) === 0) return "<" + text(10 ** -decimals, decimals);
        let [whole, fraction] = Math.abs(value).toFixed(decimals).split(".");
        if (whole.length > 4) whole = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
        const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? "−" : "";
        return sign + whole + (fraction ? (root.lang === "nb" ? "," : ".") + fraction : "");
      };
      const value = (theme, area, scenario) =>
        data.themes[theme].values[data.themes[theme].perScenario ? scenario : 0][area];
      const classOf = (theme, number) =>
        number === null ? "cx" : "c" + data.themes[theme].bounds.filter((bound) => number >= bound).length;
      const themeLabel = (theme) => select.options[theme].dataset[root.lang];

      const areaPaths = all("path.area");
      const pathOf = new Map(areaPaths.map((path) => [Number(path.dataset.area), path]));

      function draw() {
        for (const path of areaPaths) {
          const number = data.themes.length ? value(state.theme, Number(path.dataset.area), state.scenario) : null;
          path.setAttribute("class", "area " + classOf(state.theme, number));
        }
        for (const group of all("g[data-scenario]")) {
          if (Number(group.dataset.scenario) === state.scenario) group.removeAttribute("display");
          else group.setAttribute("display", "none");
        }
        for (const legend of all(".theme-legend")) legend.hidden = Number(legend.dataset.theme) !== state.theme;
        for (const cell of all("#ranking-table td[data-theme]")) {
          const theme = Number(cell.dataset.theme);
          const number = value(theme, Number(cell.dataset.area), state.scenario);
          cell.dataset.v = number === null ? "" : number;
          cell.textContent = text(number, data.themes[theme].decimals);
        }
        for (const name of all(".scenario-name")) name.innerHTML = scenarioLabels[state.scenario] || "";
        show(state.area);
      }

      // The values of one area over all scenarios; built from text nodes, since names come from the user's data.
      function show(area) {
        const chosen = document.getElementById("chosen");
        for (const row of all("#ranking-table tbody tr")) {
          const button = row.querySelector(".area-button");
          row.classList.toggle("current", area !== null && Number(button.dataset.area) === area);
        }
        if (area === null || !detail) return;
        const path = pathOf.get(area);
        if (chosen) chosen.setAttribute("d", path ? path.getAttribute("d") : "");
        const [id, name, flags] = data.areas[area];
        const make = (tag, content) => {
          const element = document.createElement(tag);
          if (content !== undefined) element.textContent = content;
          return element;
        };
        detail.replaceChildren(make("h3", name ? name + " (" + id + ")" : id));
        if (flags) detail.append(make("p", "⚑ " + flags));
        const table = make("table");
        const head = make("tr");
        head.append(make("th"));
        for (const label of scenarioLabels) {
          const cell = make("th");
          cell.className = "num";
          cell.innerHTML = label;
          head.append(cell);
        }
        table.append(head);
        data.themes.forEach((theme, number) => {
          const row = make("tr");
          row.append(make("th", themeLabel(number) + (theme.unit ? " (" + theme.unit + ")" : "")));
          const count = theme.perScenario ? scenarioLabels.length : 1;
          for (let scenario = 0; scenario < count; scenario++) {
            const cell = make("td", text(value(number, area, scenario), theme.decimals));
            cell.className = "num";
            if (!theme.perScenario) cell.colSpan = scenarioLabels.length;
            row.append(cell);
          }
          table.append(row);
        });
        detail.append(table);
      }

      function choose(area) {
        state.area = area;
        show(area);
      }

      for (const radio of radios) {
        radio.addEventListener("change", () => { state.scenario = Number(radio.value); draw(); });
      }
      if (select) select.addEventListener("change", () => { state.theme = Number(select.value); draw(); });
      for (const box of all("input[data-toggle]")) {
        box.addEventListener("change", () => {
          const key = box.dataset.toggle;
          for (const group of all('g[data-layer="' + key + '"]')) {
            if (box.checked) group.removeAttribute("display");
            else group.setAttribute("display", "none");
          }
          for (const item of all('[data-legend="' + key + '"]')) item.hidden = !box.checked;
        });
      }
      for (const path of areaPaths) {
        path.addEventListener("pointerenter", () => choose(Number(path.dataset.area)));
        path.addEventListener("click", () => choose(Number(path.dataset.area)));
      }
      for (const button of all(".area-button")) {
        button.addEventListener("click", () => choose(Number(button.dataset.area)));
      }

      const places = new Map(all("#ranking-table tbody tr").map((row, place) => [row, place]));

      // Sorting: a second press turns the order round; what has no value stays last,
      // and what is equal keeps the order of the ranking.
      for (const button of all("button[data-sort]")) {
        button.addEventListener("click", () => {
          const place = Number(button.dataset.sort);
          const head = button.parentElement;
          const table = head.closest("table");
          const isNumber = head.classList.contains("num");
          const first = isNumber && place > 0 ? "descending" : "ascending";
          const order = head.getAttribute("aria-sort") === first
            ? (first === "ascending" ? "descending" : "ascending") : first;
          for (const other of all("th", table.tHead)) other.setAttribute("aria-sort", "none");
          head.setAttribute("aria-sort", order);
          const sign = order === "ascending" ? 1 : -1;
          const rows = Array.from(table.tBodies[0].rows);
          const key = (row) => row.cells[place].dataset.v;
          rows.sort((a, b) => {
            const [x, y] = [key(a), key(b)];
            if (x === "" || y === "") return (x === "") - (y === "") || places.get(a) - places.get(b);
            return sign * (isNumber ? Number(x) - Number(y) : x.localeCompare(y, "nb")) || places.get(a) - places.get(b);
          });
          table.tBodies[0].append(...rows);
        });
      }

      function speak(language) {
        const old = root.lang;
        root.lang = language;
        for (const button of all("button[data-language]")) {
          button.setAttribute("aria-pressed", String(button.dataset.language === language));
        }
        for (const option of all("option[data-en]")) option.textContent = option.dataset[language];
        for (const element of all("[data-attribute]")) {
          element.setAttribute(element.dataset.attribute, element.dataset[language]);
        }
        if (old !== language) {
          for (const number of all(".n")) {
            number.textContent = language === "nb"
              ? number.textContent.replace(".", ",") : number.textContent.replace(",", ".");
          }
        }
        draw();
      }
      for (const button of all("button[data-language]")) {
        button.addEventListener("click", () => speak(button.dataset.language));
      }

      // Zoom by buttons and wheel with Ctrl; drag to move.
      if (svg) {
        const full = svg.viewBox.baseVal;
        const whole = [full.x, full.y, full.width, full.height];
        let view = whole.slice();
        const bar = document.querySelector(".scale");
        const apply = () => {
          svg.setAttribute("viewBox", view.map((number) => number.toFixed(1)).join(" "));
          // The bar tells a length of the whole map only.
          if (bar) bar.style.visibility = view[2] === whole[2] ? "" : "hidden";
        };
        const zoom = (factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
          const width = Math.min(whole[2], Math.max(whole[2] / 60, view[2] * factor));
          const scale = width / view[2];
          view = [x - (x - view[0]) * scale, y - (y - view[1]) * scale, width, view[3] * scale];
          if (width === whole[2]) view = whole.slice();
          apply();
        };
        for (const button of all("button[data-zoom]")) {
          button.addEventListener("click", () => {
            const factor = Number(button.dataset.zoom);
            if (factor === 0) { view = whole.slice(); apply(); } else zoom(factor);
          });
        }
        const place = (event) => {
          const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
          return [point.x, point.y];
        };
        svg.addEventListener("wheel", (event) => {
          if (!event.ctrlKey) return;
          event.preventDefault();
          zoom(event.deltaY > 0 ? 1.25 : 0.8, ...place(event));
        }, { passive: false });
        let grip = null;
        svg.addEventListener("pointerdown", (event) => { grip = place(event); });
        window.addEventListener("pointerup", () => { grip = null; });
        svg.addEventListener("pointermove", (event) => {
          if (!grip) return;
          const [x, y] = place(event);
          view[0] += grip[0] - x;
          view[1] += grip[1] - y;
          apply();
        });
      }
      draw();
    })();
    """#
}
