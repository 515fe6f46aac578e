"use strict";
// The page is whole without this. With it the table sorts, filters and unfolds, and the picture answers.
// Text from the page goes back into it as text only: textContent and append, never markup.

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
};

document.documentElement.classList.add("js");

const body = one("#accounts tbody");
const heads = all("#accounts thead th");
const column = Object.fromEntries(heads.map((head, index) => [head.dataset.name, index]));
const rows = [...body.rows].map((row) => ({ row, cells: [...row.cells].map((cell) => cell.textContent.trim()) }));
let order = rows;
const ofRow = new Map(rows.map((entry) => [entry.row, entry]));

// Names become buttons that unfold the row.
for (const entry of rows) {
  const cell = entry.row.cells[column.account_name];
  entry.button = make("button", entry.cells[column.account_name]);
  entry.button.type = "button";
  entry.button.setAttribute("aria-expanded", "false");
  cell.replaceChildren(entry.button);
}

// A reference is a footnote's number and what fills its gaps: `3(89)`.
const notes = (entry, name) => (entry.cells[column[name]] || "").split(" ").filter(Boolean);
const footnote = (name, reference) => {
  const [, number, filling] = /^(\d+)(?:\((.*)\))?$/.exec(reference);
  const text = one(`ol[data-of=${name}]`).children[number - 1].cloneNode(true);
  const values = filling ? filling.split(";") : [];
  all("i", text).forEach((gap, index) => gap.replaceWith(values[index]));
  return text.textContent;
};

const unfolded = (entry) => {
  const list = make("dl");
  heads.forEach((head, index) => {
    const name = head.dataset.name;
    const isNoted = one(`ol[data-of=${name}]`) !== null;
    if (!entry.cells[index] || !(isNoted || head.dataset.needs)) return;
    const term = make("dt", head.textContent.trim());
    const told = make("dd");
    if (isNoted) {
      const texts = notes(entry, name).map((reference) => footnote(name, reference));
      told.append(...texts.map((text) => make("p", text)));
    } else {
      told.textContent = entry.cells[index];
      term.className = told.className = `needs-${head.dataset.needs}`;
    }
    list.append(term, told);
  });
  return list;
};

const unfold = (entry, open) => {
  if (open === Boolean(entry.more)) return;
  entry.button.setAttribute("aria-expanded", String(open));
  entry.row.classList.toggle("open", open);
  if (open) {
    entry.more = make("tr", undefined, "more");
    const cell = make("td");
    cell.colSpan = heads.length;
    cell.append(unfolded(entry));
    entry.more.append(cell);
    entry.row.after(entry.more);
  } else {
    entry.more.remove();
    entry.more = null;
  }
};

body.addEventListener("click", (event) => {
  const entry = ofRow.get(event.target.closest("tr"));
  if (entry && !String(getSelection())) unfold(entry, !entry.more);
});

// Sorting: numbers as numbers and from the largest, text from A, what is not known last in either direction, and ties as they were on paper.
const words = new Intl.Collator("en", { numeric: true });
const sort = (head) => {
  const index = heads.indexOf(head);
  const isNumber = head.classList.contains("number");
  const before = head.getAttribute("aria-sort");
  const descending = before ? before === "ascending" : isNumber;
  const key = ({ cells }) => (isNumber ? parseFloat(cells[index].replaceAll(",", "")) : cells[index]);
  const isMissing = (value) => value === "" || Number.isNaN(value);
  const compare = isNumber ? (one, other) => one - other : words.compare;
  const keyed = rows.map((entry) => ({ entry, key: key(entry) }));
  keyed.sort((a, b) => {
    const missing = isMissing(a.key) - isMissing(b.key);
    return missing || (isMissing(a.key) ? 0 : descending ? compare(b.key, a.key) : compare(a.key, b.key));
  });
  heads.forEach((each) => each.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  order = keyed.map(({ entry }) => entry);
  body.append(...order.flatMap((entry) => (entry.more ? [entry.row, entry.more] : [entry.row])));
  filter();
};
for (const head of heads) {
  const button = make("button", head.textContent.trim());
  button.type = "button";
  button.addEventListener("click", () => sort(head));
  head.replaceChildren(button);
}

// Text is found whatever its case and accents. Letters that are not a letter with an accent are spelt out.
const SPELT = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
const plain = (text) =>
  text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[ßæœøłđðþı]/g, (letter) => SPELT[letter]);
for (const entry of rows) {
  entry.signals = new Set(notes(entry, "signals").map((each) => footnote("signals", each).split(": ")[0]));
  const told = entry.cells.filter((_, index) => !one(`ol[data-of=${heads[index].dataset.name}]`));
  entry.text = plain([...told, ...entry.signals].join("\n"));
}

// Filters hide rows of the table and marks of the picture. Screen and paper get the first rows; the screen gets all
// of them when it is asked to.
const form = one("#filters");
const count = one("output", form);
const search = one("input", form);
const rest = make("button");
let room = matchMedia("(max-width: 36rem)").matches ? 20 : 200;
const PAPER = 40;
const filter = () => {
  const wanted = all("select", form).filter((select) => select.value);
  const text = plain(search.value.trim());
  let fitting = 0;
  for (const entry of order) {
    entry.fits =
      wanted.every(({ dataset, value }) =>
        dataset.column === "signals" ? entry.signals.has(value) : entry.cells[column[dataset.column]] === value,
      ) && (!text || entry.text.includes(text));
    fitting += entry.fits;
    for (const row of [entry.row, entry.more].filter(Boolean)) {
      row.hidden = !entry.fits;
      row.classList.toggle("beyond", fitting > room);
      row.classList.toggle("off-paper", fitting > PAPER);
    }
    entry.mark.classList.toggle("away", !entry.fits);
  }
  light(null);
  const first = order.find((entry) => entry.fits);
  if (first && !stop.fits) makeStop(first);
  rest.hidden = fitting <= room;
  rest.textContent = `Show all ${fitting.toLocaleString("en")}`;
  count.textContent = `${fitting.toLocaleString("en")} of ${rows.length.toLocaleString("en")} accounts`;
};
rest.type = "button";
rest.addEventListener("click", () => {
  room = Infinity;
  filter();
});
one("#accounts").after(rest);
form.addEventListener("input", filter);
form.addEventListener("reset", () => setTimeout(filter));
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;

// On a wide screen there is room for plays and signals in full.
if (matchMedia("(min-width: 56rem)").matches) all("#plays details, #signals details").forEach((each) => (each.open = true));

// Each mark belongs to a row: within a quadrant both stand in the same order.
const picture = one("#scatter");
const tip = one("#tip");
const quadrants = new Map(all("#plays article").map((card) => [card.dataset.told, card.className]));
const ofMark = new Map();
const lanes = new Map();
for (const lane of all("#marks > g")) {
  // Thousands of marks come as one path, each beginning with the only kind of M that there is.
  if (!one("title", lane)) {
    const drawn = lane.firstElementChild.getAttribute("d").split(/(?=M)/);
    lane.replaceChildren(
      ...drawn.map((path) => {
        const mark = document.createElementNS(picture.namespaceURI, "path");
        mark.setAttribute("d", path);
        mark.append(document.createElementNS(picture.namespaceURI, "title"));
        return mark;
      }),
    );
  }
  lanes.set(lane.getAttribute("class"), lane.children[Symbol.iterator]());
}
for (const entry of rows) {
  const quadrant = quadrants.get(entry.cells[column.quadrant]);
  const isHollow = entry.cells[column.contract_value] === "unknown";
  entry.row.cells[column.quadrant].className = quadrant;
  entry.mark = lanes.get(isHollow ? `${quadrant} hollow` : quadrant).next().value;
  entry.mark.firstElementChild.textContent = entry.cells[column.account_name];
  ofMark.set(entry.mark, entry);
}

const TOLD = ["quadrant", "contract_value", "usage_score", "happiness_score", "reasons", "remarks"];
const about = (entry) =>
  TOLD.filter((name) => name in column && entry.cells[column[name]]).map(
    (name) => `${heads[column[name]].textContent}: ${entry.cells[column[name]]}`,
  );

// The cuts of one tier: of the account that is pointed at, else of the tier that is chosen.
const light = (entry) => {
  const chosen = one("select[data-column=tier]", form);
  const tier = entry ? entry.cells[column.tier] : chosen?.value;
  for (const cut of all(".cut")) cut.classList.toggle("on", !cut.dataset.tier || cut.dataset.tier === tier);
};

let pointed = null;
const point = (entry) => {
  if (entry === pointed) return;
  pointed?.mark.classList.remove("on");
  pointed = entry;
  light(entry);
  tip.hidden = !entry;
  if (!entry) return;
  entry.mark.classList.add("on");
  tip.replaceChildren(make("b", entry.cells[column.account_name]), ...about(entry).map((text) => make("div", text)));
  const mark = entry.mark.getBoundingClientRect();
  const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${scrollX + Math.max(8, Math.min(mark.right + 8, room))}px`;
  const above = mark.top - tip.offsetHeight - 8;
  tip.style.top = `${scrollY + (above > 0 ? above : mark.bottom + 8)}px`;
};

// The smallest mark under the pointer, else the nearest one close by: small ones need no steady hand.
const REACH = 24;
let places = null;
const nearest = (event) => {
  places ??= rows.map((entry) => {
    const { x, y, width, height } = entry.mark.getBBox();
    return { entry, x: x + width / 2, y: y + height / 2, radius: Math.max(width, height) / 2 };
  });
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  let best = null;
  let least = Infinity;
  for (const { entry, x, y, radius } of places) {
    if (!entry.fits) continue;
    const distance = Math.hypot(x - at.x, y - at.y);
    const rank = distance <= radius ? radius - 1e6 : distance - radius;
    if (rank < least && rank <= REACH) [best, least] = [entry, rank];
  }
  return best;
};

const show = (entry) => {
  if (!entry.fits) form.reset();
  if (entry.row.matches("[hidden], .beyond")) {
    room = Infinity;
    filter();
  }
  unfold(entry, true);
  entry.button.focus({ preventScroll: true });
  entry.row.scrollIntoView({ block: "center" });
};

picture.addEventListener("pointermove", (event) => point(nearest(event)));
picture.addEventListener("pointerleave", () => point(null));
picture.addEventListener("click", (event) => {
  const entry = nearest(event);
  if (entry) show(entry);
});

// One stop for the tabulator key; arrows go from mark to mark.
let stop = null;
const makeStop = (entry) => {
  stop?.mark.setAttribute("tabindex", "-1");
  stop = entry;
  entry.mark.setAttribute("tabindex", "0");
  entry.mark.setAttribute("role", "button");
  entry.mark.setAttribute("aria-label", [entry.cells[column.account_name], ...about(entry)].join(", "));
};
const step = (entry, by) => {
  const inOrder = order.filter((each) => each.fits);
  const next = inOrder[inOrder.indexOf(entry) + by];
  if (!next) return;
  makeStop(next);
  next.mark.focus();
};
picture.addEventListener("keydown", (event) => {
  const entry = ofMark.get(event.target);
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!entry || !(by || event.key === "Enter" || event.key === " ")) return;
  event.preventDefault();
  if (by) step(entry, by);
  else show(entry);
});
// Not on the picture: with a listener for focus an SVG becomes a stop for the tabulator key itself.
const figure = picture.parentElement;
figure.addEventListener("focusin", (event) => point(ofMark.get(event.target) ?? null));
figure.addEventListener("focusout", () => point(null));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") point(null);
});
for (const link of all("#week a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    show(ofRow.get(one(link.hash)));
  });
}
if (rows.length) {
  picture.setAttribute("role", "group");
  picture.setAttribute("aria-describedby", "scatter-help");
  one("#scatter-help").hidden = false;
  makeStop(rows[0]);
}
filter();
