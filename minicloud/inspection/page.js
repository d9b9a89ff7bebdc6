const data = JSON.parse(document.getElementById("data").textContent);
const events = data.events, lanes = data.lanes, bars = data.bars;
const ruler = $("ruler"), canvas = $("lanes"), scroll = $("scroll");
const HUES = {sent: "sent, published, put", received: "received, in flight", done: "deleted",
  again: "visible again", trouble: "trouble", plain: "other"};
const NARROW = matchMedia("(max-width: 699px)");
let GUTTER = 190;
const RULER = 26, PAD = 8, ROW = 9, HEAD = 20, LIMIT = 3000;
let evenly = true, chosen = -1, lit = null, paths = [], hits = null, view = [0, 1];
let width = 0, height = 0, pixels = 1, colours = {};

// --- where things are ------------------------------------------------------------------------------------------------
const T0 = events.length ? events[0].t : 0, T1 = events.length ? events[events.length - 1].t : 1;
const whole = () => evenly ? [-0.7, Math.max(events.length - 0.3, 1)] : widened(T0, T1);
function widened(from, to) { const edge = Math.max((to - from) * 0.03, 1000); return [from - edge, to + edge]; }
const at = (i, t) => GUTTER + ((evenly ? i : t) - view[0]) / (view[1] - view[0]) * (width - GUTTER);
const xOf = e => at(e.i, e.t);
const endOf = bar => at(bar.i1 === null ? events.length - 0.4 : bar.i1, bar.t1 === null ? widened(T0, T1)[1] : bar.t1);
const bodyOf = Object.fromEntries(Object.entries(data.bodies).map(([id, body]) => [id, body.toLowerCase()]));
events.forEach((e, i) => { e.i = i; e.search = (lanes[e.lane].name + " " + e.about + " " + e.text + " " + e.kind + " " +
  e.id + " " + (e.by >= 0 ? lanes[e.by].name : "")).toLowerCase(); });

// Bars of a lane that overlap get rows of their own; beyond eight rows they share.
const rowsOf = lanes.map(() => []);
bars.sort((a, b) => a.i0 - b.i0);
for (const bar of bars) {
  const rows = rowsOf[bar.lane];
  const end = bar.i1 === null ? Infinity : bar.i1;
  let row = rows.findIndex(busy => busy <= bar.i0);
  if (row < 0) row = rows.length < 8 ? rows.length : bar.i0 % 8;
  rows[row] = end; bar.row = row;
}
let top_ = 4, group = "";
for (let n = 0; n < lanes.length; n++) {
  const lane = lanes[n];
  if (lane.group !== group) { group = lane.group; lane.first = true; top_ += 15; }
  lane.y = top_; lane.h = HEAD + rowsOf[n].length * ROW; top_ += lane.h;
}
height = top_ + 6;

// --- drawing ---------------------------------------------------------------------------------------------------------
function sizes() {
  pixels = window.devicePixelRatio || 1;
  width = scroll.clientWidth;
  GUTTER = NARROW.matches ? 108 : 190;
  for (const [one, h] of [[ruler, RULER], [canvas, height]]) {
    one.style.width = width + "px"; one.style.height = h + "px";
    one.width = Math.round(width * pixels); one.height = Math.round(h * pixels);
  }
  const style = getComputedStyle(document.documentElement);
  for (const name of ["back", "soft", "line", "ink", "faint", ...Object.keys(HUES)])
    colours[name] = style.getPropertyValue("--" + name).trim();
}
const two = n => String(n).padStart(2, "0");
function time(t, fine = 3) {
  const date = new Date(Math.floor(t / 1000));
  let text = two(date.getUTCHours()) + ":" + two(date.getUTCMinutes()) + ":" + two(date.getUTCSeconds());
  if (fine) text += "." + String(Math.floor(((t % 1e6) + 1e6) % 1e6)).padStart(6, "0").slice(0, fine);
  return text;
}
const day = t => new Date(Math.floor(t / 1000)).toISOString().slice(0, 10);
const manyDays = events.length > 0 && day(T0) !== day(T1);
const stamp = (t, fine) => (manyDays ? day(t).slice(5) + " " : "") + time(t, fine);
function ticks() {
  const found = [];
  if (evenly) {
    // A line where time has moved: what lies between two of them happened at one instant.
    let last = null, x = -1e9;
    const from = Math.max(0, Math.floor(view[0])), to = Math.min(events.length - 1, Math.ceil(view[1]));
    for (let i = from; i <= to; i++) {
      if (events[i].t === last) continue;
      const here = i === from && i > 0 && events[i - 1].t === events[i].t ? null : at(i - 0.5, 0);
      last = events[i].t;
      if (here === null) continue;
      const label = here - x > (manyDays ? 124 : 84);
      if (!label && found.length && here - found[found.length - 1][0] < 6) continue;
      found.push([here, label ? stamp(last) : ""]);
      if (label) x = here;
    }
    return found;
  }
  const span = view[1] - view[0], steps = [1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 15e6,
    3e7, 6e7, 12e7, 3e8, 6e8, 9e8, 18e8, 36e8, 72e8, 216e8, 432e8, 864e8, 1728e8, 6048e8];
  const step = steps.find(s => s / span * (width - GUTTER) > 110) || steps[steps.length - 1];
  for (let t = Math.ceil(view[0] / step) * step; t <= view[1]; t += step)
    found.push([at(0, t), stamp(t, step >= 1e6 ? 0 : 3)]);
  return found;
}
function pen(one) { const c = one.getContext("2d"); c.setTransform(pixels, 0, 0, pixels, 0, 0); return c; }
function fits(c, text, room) {
  // The ends tell names apart.
  let n = text.length, short = text;
  while (n > 2 && c.measureText(short).width > room) {
    n--; short = text.slice(0, Math.ceil(n / 2)) + "…" + text.slice(text.length - Math.floor(n / 2));
  }
  return short;
}
function draw() {
  const marks = ticks(), c = pen(ruler), id = chosen >= 0 ? events[chosen].id : "";
  c.clearRect(0, 0, width, RULER);
  c.fillStyle = colours.soft; c.fillRect(0, 0, width, RULER);
  c.fillStyle = colours.faint; c.font = "11px system-ui, sans-serif"; c.textBaseline = "middle";
  c.fillText(events.length ? day(T0) + (manyDays ? " to " + day(T1) : "") + " UTC" : "", 12, RULER / 2);
  c.save(); c.beginPath(); c.rect(GUTTER, 0, width, RULER); c.clip();
  for (const [x, label] of marks) if (label) { c.fillRect(x, RULER - 6, 1, 6); c.fillText(label, x + 5, RULER / 2); }
  c.restore();
  const d = pen(canvas);
  d.clearRect(0, 0, width, height);
  d.textBaseline = "middle";
  lanes.forEach((lane, n) => {
    if (lane.first) { d.font = "600 10px system-ui, sans-serif"; d.fillStyle = colours.faint;
      d.fillText(lane.group.toUpperCase(), 12, lane.y - 6); }
    d.fillStyle = colours.soft; d.fillRect(0, lane.y + 1, width, lane.h - 2);
  });
  d.save(); d.beginPath(); d.rect(GUTTER, 0, width, height); d.clip();
  d.fillStyle = colours.line;
  for (const [x] of marks) d.fillRect(Math.round(x), 0, 1, height);
  for (const bar of bars) {
    const lane = lanes[bar.lane], x0 = at(bar.i0, bar.t0), x1 = Math.max(endOf(bar), x0 + 2);
    if (x1 < GUTTER || x0 > width) continue;
    bar.x0 = x0; bar.x1 = x1; bar.y = lane.y + HEAD - 2 + bar.row * ROW;
    d.globalAlpha = id ? (lit.has(bar.i0) && bar.id ? 0.95 : 0.15) : hits && !hits.has(bar.i0) ? 0.12 : 0.45;
    d.fillStyle = colours[bar.hue];
    d.beginPath(); d.roundRect(x0, bar.y, x1 - x0, ROW - 3, 3); d.fill();
  }
  d.globalAlpha = 1;
  if (id) {
    d.strokeStyle = colours.ink; d.lineWidth = 1.2;
    for (const path of paths) {
      d.beginPath();
      path.forEach((i, n) => { const e = events[i], x = xOf(e), y = middleOf(e.lane);
        if (n) d.lineTo(x, y); else d.moveTo(x, y);
        if (e.to >= 0) d.moveTo(x, middleOf(e.to)); });
      d.stroke();
    }
  }
  for (const e of events) {
    const x = xOf(e);
    if (x < GUTTER - 8 || x > width + 8) continue;
    d.globalAlpha = (id ? lit : hits || EVERY).has(e.i) ? 1 : 0.16;
    d.fillStyle = colours[e.hue];
    dot(d, x, lanes[e.lane].y + HEAD / 2, e.i === chosen ? 6 : 4.2, e.hue === "trouble");
    if (e.by >= 0 && e.by !== e.lane) { d.globalAlpha *= 0.75; dot(d, x, lanes[e.by].y + HEAD / 2, 2.6, false); }
    if (e.to >= 0) arrival(d, e, x);
    if (e.i === chosen) { d.globalAlpha = 1; d.strokeStyle = colours.ink; d.lineWidth = 1.5; d.beginPath();
      d.arc(x, lanes[e.lane].y + HEAD / 2, 8.5, 0, 7); d.stroke(); }
  }
  d.restore(); d.globalAlpha = 1;
  d.font = "12px system-ui, sans-serif";
  for (const lane of lanes) { d.fillStyle = colours.ink;
    d.fillText(fits(d, lane.name, GUTTER - 24), 12, lane.y + HEAD / 2 + 0.5); }
  d.fillStyle = colours.line; d.fillRect(GUTTER - 1, 0, 1, height);
}
const middleOf = lane => lanes[lane].y + HEAD / 2;
// What goes to another lane (a dead-letter queue): an arc to there, and a ring where it arrives.
function arrival(c, e, x) {
  const from = middleOf(e.lane), to = middleOf(e.to), bow = x + Math.min(14 + Math.abs(to - from) / 6, 40);
  c.strokeStyle = colours[e.hue]; c.lineWidth = 1.4;
  c.beginPath(); c.moveTo(x, from); c.quadraticCurveTo(bow, (from + to) / 2, x, to); c.stroke();
  c.fillStyle = colours.soft; dot(c, x, to, 4.2, false);
  c.beginPath(); c.arc(x, to, 4.2, 0, 7); c.stroke();
}
function dot(c, x, y, r, square) {
  c.beginPath();
  if (square) { c.moveTo(x, y - r - 1); c.lineTo(x + r + 1, y); c.lineTo(x, y + r + 1); c.lineTo(x - r - 1, y); }
  else c.arc(x, y, r, 0, 7);
  c.fill();
}
const EVERY = {has: () => true};
const origins = id => new Set(events.filter(e => e.id === id && e.origin).map(e => e.origin));
// A message with what it was published as, a publication with the messages it became: a way for each of the latter.
function ways(id) {
  const became = [...new Set(events.filter(e => e.origin === id).map(e => e.id))];
  const from = origins(id), ends = became.length ? became : [id];
  const before = events.filter(e => became.length ? e.id === id : from.has(e.id));
  return ends.map(end => [...before, ...events.filter(e => e.id === end)].map(e => e.i));
}

// --- moving ----------------------------------------------------------------------------------------------------------
let waiting = false;
function soon() { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; draw(); }); } }
function show(from, to) {
  const [low, high] = whole(), least = evenly ? 3 : 1000, most = (high - low) * 1.0;
  let span = Math.min(Math.max(to - from, least), Math.max(most, least));
  const middle = (from + to) / 2;
  from = middle - span / 2;
  from = Math.min(Math.max(from, low), Math.max(high - span, low));
  view = [from, from + span]; soon();
}
function zoom(factor, x = (GUTTER + width) / 2) {
  const share = Math.min(Math.max((x - GUTTER) / (width - GUTTER), 0), 1), span = (view[1] - view[0]) * factor;
  const fixed = view[0] + share * (view[1] - view[0]);
  const [low, high] = whole();
  if (span >= high - low) return show(low, high);
  show(fixed - share * span, fixed + (1 - share) * span);
}
const fit = () => show(...whole());
function turn() { evenly = !evenly; $("axis").textContent = evenly ? "spaced evenly" : "spaced by time"; fit(); }
function move(by) { const step = (view[1] - view[0]) * by; show(view[0] + step, view[1] + step); }

let drag = null;
function nearest(x, y) {
  let best = null, least = 100;
  for (const e of events) {
    const dx = xOf(e) - x;
    if (dx > 12 || dx < -12) continue;
    for (const lane of [e.lane, e.by, e.to].filter(n => n >= 0)) {
      const dy = lanes[lane].y + HEAD / 2 - y, far = dx * dx + dy * dy;
      if (far < least) { least = far; best = e; }
    }
  }
  return best;
}
const barAt = (x, y) => bars.find(b => x >= b.x0 && x <= b.x1 && y >= b.y - 1 && y <= b.y + ROW - 2);
function tip(text, x, y) {
  const box = $("tip");
  box.style.display = text ? "block" : "none"; box.textContent = text || "";
  if (!text) return;
  const room = box.getBoundingClientRect();
  box.style.left = Math.min(x + 14, innerWidth - room.width - 8) + "px";
  box.style.top = (y + 18 + room.height > innerHeight ? y - room.height - 10 : y + 18) + "px";
}
for (const one of [canvas, ruler]) {
  one.addEventListener("wheel", w => {
    if (w.shiftKey || Math.abs(w.deltaX) > Math.abs(w.deltaY)) move((w.deltaX || w.deltaY) / 900);
    else zoom(Math.exp(w.deltaY * 0.0016), w.offsetX);
    w.preventDefault();
  }, {passive: false});
  one.addEventListener("pointerdown", p => { drag = {x: p.clientX, view: [...view], far: false};
    one.setPointerCapture(p.pointerId); });
  one.addEventListener("pointermove", p => {
    if (drag) {
      const by = p.clientX - drag.x;
      if (Math.abs(by) > 3) drag.far = true;
      if (drag.far) { one.classList.add("moving"); tip("");
        const step = by / (width - GUTTER) * (drag.view[1] - drag.view[0]);
        show(drag.view[0] - step, drag.view[1] - step); }
      return;
    }
    if (one !== canvas) return;
    const e = nearest(p.offsetX, p.offsetY), b = e ? null : barAt(p.offsetX, p.offsetY);
    canvas.classList.toggle("pointing", !!(e || b && b.id));
    const who = e && e.by >= 0 && e.by !== e.lane ? "  [" + lanes[e.by].name + "]" : "";
    tip(e ? stamp(e.t) + "  " + (e.about ? e.about + ": " : "") + e.text + who : b ? b.text : "", p.clientX, p.clientY);
  });
  one.addEventListener("pointerup", p => {
    one.classList.remove("moving");
    if (drag && !drag.far && one === canvas) {
      const e = nearest(p.offsetX, p.offsetY), b = e ? null : barAt(p.offsetX, p.offsetY);
      choose(e ? e.i : b ? b.i0 : -1, true);
    }
    drag = null;
  });
  one.addEventListener("pointerleave", () => tip(""));
}

// --- choosing and searching ------------------------------------------------------------------------------------------
function choose(i, inList) {
  chosen = i;
  const id = i >= 0 ? events[i].id : "", story = $("story");
  paths = id ? ways(id) : [];
  lit = id ? new Set(paths.flat()) : null;
  story.textContent = "";
  if (i >= 0) {
    const e = events[i], known = [...new Set([...lit || []].map(n => events[n].id))].filter(one => data.messages[one]);
    if (!data.messages[id]) { story.append(element("h2", e.about || lanes[e.lane].name),
      listed([stamp(e.t) + "  " + e.text + (e.by >= 0 ? "  [" + lanes[e.by].name + "]" : "")])); }
    for (const one of known) story.append(element("h2", data.messages[one].title), listed(data.messages[one].lines));
    const bodies = [...new Set([id, ...known])].filter((one, n, all) => one in data.leftOut ||
      one in data.bodies && !all.slice(0, n).some(other => data.bodies[other] === data.bodies[one]));
    for (const one of bodies) story.append(...wholeBody(one, bodies.length > 1));
    const [low, high] = view, place = evenly ? e.i : e.t;
    if (place < low || place > high) show(place - (high - low) / 2, place + (high - low) / 2);
  }
  for (const row of $("rows").children) {
    const e = events[row.dataset.i];
    row.className = e.i === i ? "chosen" : id && e.id === id ? "same" : "";
    if (e.i === i && inList && !NARROW.matches) row.scrollIntoView({block: "center"});
  }
  soon();
}
function wholeBody(id, several) {
  const name = several ? " of " + id.slice(0, 8) : "", body = data.bodies[id];
  if (body === undefined) return [element("h3", "The body" + name + " has " + data.leftOut[id].toLocaleString("en") +
    " bytes: there was no room for it in this page")];
  const parts = [element("h3", "The body" + name), element("pre", pretty(body))], inside = inEnvelope(body);
  if (inside !== null) parts.unshift(element("h3", "The message inside" + name), element("pre", pretty(inside)));
  return parts;
}
function search() {
  // The whole phrase, or else all of its words.
  const phrase = $("search").value.toLowerCase().trim(), words = phrase.split(/\s+/);
  const has = (e, words) => e.search.includes(words) || (bodyOf[e.id] || "").includes(words);
  const whole_ = events.filter(e => has(e, phrase));
  hits = phrase ? new Set((whole_.length ? whole_ : events.filter(e => words.every(w => has(e, w))))
    .map(e => e.i)) : null;
  $("found").textContent = hits ? hits.size + " of " + events.length : events.length + " events";
  const rows = events.filter(e => !hits || hits.has(e.i)), made = [];
  for (const e of rows.slice(0, LIMIT)) {
    const row = document.createElement("tr"), what = document.createElement("td"), mark = document.createElement("i");
    row.dataset.i = e.i; mark.style.background = "var(--" + e.hue + ")";
    const spot = document.createElement("td");
    spot.append(mark); what.append((e.about ? e.about + ": " : "") + e.text);
    const when = element("td", stamp(e.t)), by = element("td", e.by >= 0 ? lanes[e.by].name : "");
    when.className = "time"; by.className = "by";
    row.append(when, element("td", lanes[e.lane].name), by, spot, what);
    row.addEventListener("click", () => { choose(e.i, false);
      if (NARROW.matches) $("story").scrollIntoView({block: "start"}); });
    made.push(row);
  }
  if (rows.length > LIMIT) { const row = document.createElement("tr"), cell = element("td", "… and " +
    (rows.length - LIMIT) + " more: search to narrow down"); cell.colSpan = 5; row.dataset.i = 0; row.append(cell);
    made.push(row); }
  $("rows").replaceChildren(...made);
  if (chosen >= 0) choose(chosen, false); else soon();
}
$("search").addEventListener("input", search);
$("search").addEventListener("keydown", k => {
  if (k.key === "Escape") { k.target.value = ""; search(); k.target.blur(); }
  if (k.key !== "Enter" || !hits || !hits.size) return;
  const sorted = [...hits].sort((a, b) => a - b);
  choose(k.shiftKey ? [...sorted].reverse().find(i => i < chosen) ?? sorted[sorted.length - 1]
    : sorted.find(i => i > chosen) ?? sorted[0], true);
});
document.addEventListener("keydown", k => {
  if (k.target.tagName === "INPUT" || k.ctrlKey || k.metaKey || k.altKey || k.defaultPrevented) return;
  const keys = {"+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1.4), "0": fit, t: turn,
    ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2), Escape: () => choose(-1), "/": () => $("search").focus()};
  if (keys[k.key]) { keys[k.key](); k.preventDefault(); }
});
$("in").onclick = () => zoom(0.6); $("out").onclick = () => zoom(1.7); $("fit").onclick = fit; $("axis").onclick = turn;
for (const [hue, text] of Object.entries(HUES)) {
  const item = document.createElement("span"), mark = document.createElement("i");
  mark.style.background = "var(--" + hue + ")"; item.append(mark, text); $("legend").append(item);
}

// --- walking with the keyboard, and being read aloud -----------------------------------------------------------------
// A lane is a list, its events are buttons, which are seen as what is drawn. One event of each lane is a stop of Tab.
const stops = events.slice(0, LIMIT).map(e => {
  const stop = document.createElement("button");
  stop.tabIndex = -1; stop.dataset.i = e.i;
  stop.append(stamp(e.t) + " " + (e.about ? e.about + ": " : "") + e.text +
    (e.by >= 0 && e.by !== e.lane ? ", by " + lanes[e.by].name : ""));
  return stop;
});
lanes.forEach((lane, n) => {
  const mine = stops.filter(stop => events[stop.dataset.i].lane === n);
  if (!mine.length) return;
  const list = document.createElement("ul");
  list.setAttribute("role", "list");
  list.setAttribute("aria-label", lane.group + ": " + lane.name);
  mine[0].tabIndex = 0;
  for (const stop of mine) { const item = document.createElement("li"); item.append(stop); list.append(item); }
  $("lists").append(list);
});
function visit(i) {
  const stop = stops[i];
  if (!stop) return;
  for (const other of stop.closest("ul").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  stop.tabIndex = 0;
  stop.style.top = middleOf(events[i].lane) + "px";
  stop.focus({preventScroll: true});
  scroll.scrollTop = Math.min(Math.max(scroll.scrollTop, lanes[events[i].lane].y + HEAD - scroll.clientHeight),
    lanes[events[i].lane].y);
}
const step = (walk, i, by) => walk[walk.indexOf(i) + by];
const ofLane = e => events.filter(other => other.lane === e.lane).map(other => other.i);
const ofMessage = e => e.id ? [...lit].sort((a, b) => a - b) : ofLane(e);
$("lists").addEventListener("focusin", f => { const i = +f.target.dataset.i; f.target.style.left = xOf(events[i]) + "px";
  if (i !== chosen) choose(i, true); });
$("lists").addEventListener("keydown", k => {
  const e = events[k.target.dataset.i], all = ofLane(e);
  const to = {ArrowLeft: () => step(ofMessage(e), e.i, -1), ArrowRight: () => step(ofMessage(e), e.i, 1),
    ArrowUp: () => step(all, e.i, -1), ArrowDown: () => step(all, e.i, 1), Home: () => all[0],
    End: () => all[all.length - 1]}[k.key];
  if (!to || k.ctrlKey || k.metaKey || k.altKey) return;
  k.preventDefault();
  const next = to();
  if (next !== undefined) visit(next);
});

function resized() { $("chart").style.maxHeight = NARROW.matches ? "none" : Math.max(140, innerHeight * 0.62) + "px";
  sizes(); fit(); }
addEventListener("resize", () => { const before = [...view]; sizes(); show(...before); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { sizes(); soon(); });
NARROW.addEventListener("change", () => { sizes(); fit(); });
resized(); search();
