const API = "/_minicloud/", LINES = 500;
const TABS = ["queues", "topics", "streams", "functions", "rules", "schedules", "pipes", "buckets", "firehose", "scaling",
  "metrics", "alarms", "logs", "outbox", "faults", "timeline"];
let tab = "queues", chosen = "", clock = null, seen = 0, drawn = 0;

// --- asking ----------------------------------------------------------------------------------------------------------
async function ask(method, path, body) {
  const made = {method, headers: {}};
  if (body !== undefined) { made.body = JSON.stringify(body); made.headers["Content-Type"] = "application/json"; }
  const answer = await fetch(API + path, made);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}
const get = path => ask("GET", path);
const named = text => encodeURIComponent(text);
function tell(text, wrong) { $("told").textContent = text; $("told").className = wrong ? "wrong" : ""; }
// What somebody asked for: said when it is done, and what is wrong as well.
async function make(text, work) {
  try { await work(); if (text) tell(text); } catch (error) { tell(error.message, true); }
  refresh();
}

// --- the clock -------------------------------------------------------------------------------------------------------
const when = text => text === null ? "" : text.slice(0, 10) + " " + text.slice(11, 23);
function showClock(found) {
  clock = found;
  const pace = found.kind !== "real" ? "" : found.frozen ? ", stands still" : found.speed === 1 ? "" :
    ", " + found.speed + " times as fast";
  $("now").textContent = when(found.now) + " (" + found.kind + pace + ")";
  $("due").textContent = found.next_due === null ? "nothing is due" : "next: " + found.next_due_is + ", at " +
    when(found.next_due);
  $("next").disabled = found.next_due === null;
  $("paces").hidden = found.kind !== "real";
  $("freeze").textContent = found.frozen ? "thaw" : "freeze";
}
const move = (path, body) => make("", async () => { showClock(await ask("POST", "clock/" + path, body));
  tell("it is " + when(clock.now)); });
for (const button of document.querySelectorAll("[data-advance]"))
  button.onclick = () => move("advance", {duration: button.dataset.advance});
const toNext = () => { if (clock && clock.next_due !== null) move("advance_to", {time: clock.next_due}); };
$("next").onclick = toNext;
$("advance").onsubmit = e => { e.preventDefault();
  const text = $("duration").value.trim();
  move("advance", text !== "" && Number.isFinite(+text) ? {seconds: +text} : {duration: text}); };
$("freeze").onclick = () => move(clock.frozen ? "thaw" : "freeze");
$("fast").onclick = () => move("run", {speed: 60});
$("normal").onclick = () => move("run", {speed: 1});
$("reset").onclick = () => { if (confirm("Forget all queues, topics, streams, functions, faults and the trace?"))
  make("the cloud is empty", () => ask("POST", "reset")); };

// --- parts -----------------------------------------------------------------------------------------------------------
function cell(content, kind) {
  const made = document.createElement("td");
  if (content instanceof Node) made.append(content); else made.textContent = content ?? "";
  if (kind || typeof content === "number") made.className = kind || "number";
  return made;
}
function table(heads, rows, nothing) {
  if (!rows.length) { const made = element("p", nothing); made.className = "faint"; return made; }
  const made = document.createElement("table"), head = made.createTHead().insertRow(), body = made.createTBody();
  for (const one of heads) head.append(element("th", one));
  for (const row of rows) { const line = body.insertRow();
    line.append(...row.map(one => one instanceof HTMLTableCellElement ? one : cell(one))); }
  return made;
}
function button(text, work, key) {
  const made = element("button", text);
  made.type = "button"; made.onclick = work;
  if (key) made.dataset.key = key;
  return made;
}
function link(text, arn) {
  const made = button(text, () => choose(chosen === arn ? "" : arn), arn);
  made.classList.add("name"); made.setAttribute("aria-current", String(chosen === arn));
  return made;
}
// What is long is opened: it stays open when the page looks again.
const open_ = new Set();
function folded(key, text, ...parts) {
  const made = document.createElement("details"), line = element("summary", text);
  line.dataset.key = "fold " + key; made.append(line, ...parts); made.open = open_.has(key);
  made.ontoggle = () => { if (made.open) open_.add(key); else open_.delete(key); };
  return made;
}
const short = text => text.length > 140 ? text.slice(0, 140) + "…" : text;
function body(key, text) {
  const parts = [element("pre", pretty(text))], inside = inEnvelope(text);
  if (inside !== null) parts.unshift(element("pre", pretty(inside)));
  return folded(key, short(inside ?? text), ...parts);
}
const json = value => JSON.stringify(value);
const name = arn => (arn || "").split(":").pop();
function age(since) {
  if (!since || !clock) return "";
  let seconds = Math.max(0, Math.floor((new Date(clock.now) - new Date(since)) / 1000));
  const parts = [];
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]])
    if (seconds >= size || (unit === "s" && !parts.length)) {
      parts.push(Math.floor(seconds / size) + " " + unit); seconds %= size; }
  return parts.slice(0, 2).join(" ");
}
const same = (things, several) => new Set(things.map(one => one.arn.split(":").slice(3, 5).join("/"))).size > 1 &&
  several ? one => one.name + " (" + one.arn.split(":")[3] + ")" : one => one.name;
const attributes = found => json(Object.fromEntries(Object.entries(found).map(([name, one]) =>
  [name, one.StringValue ?? one.BinaryValue])));

const filled = found => Object.keys(found).length ? json(found) : "";

// --- what there is ---------------------------------------------------------------------------------------------------
const SHOW = {
  async queues() {
    const {queues} = await get("queues"), call = same(queues, true), parts = [];
    parts.push(table(["Queue", "Visible", "Delayed", "In flight", "Oldest", "Dead letters go to"], queues.map(one =>
      [link(call(one), one.arn), one.counts.visible, one.counts.delayed, one.counts.in_flight,
        cell(age(one.oldest_sent), "number"), name(one.dead_letter_target)]), "There is no queue."));
    const queue = queues.find(one => one.arn === chosen);
    if (!queue) return parts;
    const {messages} = await get("queues/" + named(queue.arn) + "/messages?limit=200");
    parts.push(element("h2", "Messages of " + queue.name + ": looking receives none"));
    parts.push(table(["Message", "Where", "Received", "Group", "Age"], messages.map(one => {
      const shown = body(one.message_id, one.body);
      if (Object.keys(one.message_attributes).length) shown.append(element("pre", attributes(one.message_attributes)));
      return [shown, one.state.replace("_", " ") + (one.visible_at ? " until " + when(one.visible_at) : "") +
        (one.moves_to ? ", next receive moves it to " + one.moves_to : ""), one.receive_count, one.group_id,
        cell(age(one.sent), "number")];
    }), "It is empty."));
    parts.push(folded("attributes", "Attributes of " + queue.name, element("pre", pretty(json(queue.attributes)))));
    return parts;
  },
  async topics() {
    const {topics} = await get("topics"), call = same(topics, true), parts = [];
    parts.push(table(["Topic", "Subscriptions", "Published"], topics.map(one => [link(call(one), one.arn),
      one.subscriptions.length, one.published_count]), "There is no topic."));
    const topic = topics.find(one => one.arn === chosen);
    if (!topic) return parts;
    const {published} = await get("topics/" + named(topic.arn));
    parts.push(element("h2", "Subscriptions of " + topic.name));
    parts.push(table(["Protocol", "Endpoint", "Filter"], topic.subscriptions.map(one => [one.protocol +
      (one.raw ? ", raw" : "") + (one.confirmed ? "" : ", not confirmed"), one.endpoint, one.filter_policy === null ? ""
      : json(one.filter_policy) + (one.filter_policy_scope === "MessageBody" ? " of the body" : "")]),
      "Nobody has subscribed."));
    parts.push(element("h2", "Who would get a message?"), explainer(topic));
    parts.push(element("h2", "What was published"));
    parts.push(table(["Message", "Attributes", "When"], published.slice().reverse().map(one =>
      [body(one.message_id, one.message), attributes(one.message_attributes), when(one.time)]), "Nothing was."));
    return parts;
  },
  async streams() {
    const {streams} = await get("streams"), call = same(streams, true), parts = [];
    parts.push(table(["Stream", "State", "Shards", "Records", "Queues", "Channels"], streams.map(one =>
      [link(call(one), one.arn), one.status, one.shards.filter(shard => shard.is_open).length, one.shards.reduce(
        (sum, shard) => sum + shard.records, 0), one.queues.length, one.channels.length]), "There is no stream."));
    const stream = streams.find(one => one.arn === chosen);
    if (!stream) return parts;
    parts.push(element("h2", "Shards of " + stream.name));
    parts.push(table(["Shard", "State", "Parents", "Hash keys", "Records"], stream.shards.map(one => [one.shard_id,
      one.is_open ? "open" : "closed", [one.parent_shard_id, one.adjacent_parent_shard_id].filter(id => id).join(", "),
      one.starting_hash_key + " to " + one.ending_hash_key, one.records]), ""));
    const {records} = await get("streams/" + named(stream.arn) + "/records?limit=200");
    parts.push(element("h2", "Its first records"));
    parts.push(table(["Data", "Key", "Shard", "When"], records.map(one => [body(one.sequence_number, text(one.data)),
      one.partition_key, one.shard_id, when(one.time)]), "There is none."));
    return parts;
  },
  async functions() {
    const [{functions}, {invocations}] = await Promise.all([get("functions"), get("invocations?limit=200")]);
    const call = same(functions, true), parts = [];
    parts.push(table(["Function", "Timeout", "Runs", "Reads"], functions.map(one => [link(call(one), one.arn),
      one.timeout + " s", invocations.filter(run => run.function === one.name).length, one.mappings.map(mapping =>
        name(mapping.source_arn) + " (" + mapping.state + ", " + mapping.last_result + ")").join("; ")]),
      "There is no function."));
    const only = functions.find(one => one.arn === chosen);
    parts.push(element("h2", only ? "Runs of " + only.name : "Runs"));
    parts.push(table(["Run", "Why", "Attempt", "Outcome", "Began"], invocations.filter(run => !only ||
      run.function === only.name).reverse().map(run => [folded(run.request_id + run.attempt, run.function + ": " +
        short(json(run.event)), element("pre", pretty(json(run.event))), element("pre", pretty(json(run.result))),
        element("pre", run.log.join("\n"))), run.trigger, run.attempt, cell(run.outcome + (run.error ? ": " + run.error
          : ""), {success: "yes", error: "no", timeout: "no"}[run.outcome]), when(run.started)]),
      "None has been run."));
    return parts;
  },
  async rules() {
    const {buses} = await get("buses"), call = same(buses, true), parts = [];
    parts.push(table(["Event bus", "Rules", "Events", "Of no rule"], buses.map(one => [link(call(one), one.arn),
      one.rules.length, one.events_count, one.unmatched_count]), "Nobody has used an event bus."));
    const bus = buses.find(one => one.arn === chosen);
    if (!bus) return parts;
    const {events} = await get("buses/" + named(bus.arn));
    parts.push(element("h2", "Rules of " + bus.name));
    parts.push(table(["Rule", "State", "Wants", "Targets", "Matched", "Next"], bus.rules.map(one => [one.name, one.state,
      one.expression ?? json(one.pattern), one.targets.map(target => name(target.Arn)).join(", "), one.matched_count,
      when(one.next_due)]), "It has none."));
    parts.push(element("h2", "Which rules would an event match?"), tried("rules " + bus.arn, [["Event",
      'an event: {"source": "shop", "detail-type": "Order", "detail": {"price": 5}}']], "which rules?", async ([event]) => {
      const {rules} = await ask("POST", "buses/" + named(bus.arn) + "/explain", {event});
      return table(["", "Rule", "Why"], rules.map(one => [cell(one.matches ? "matches" : "does not", one.matches ? "yes"
        : "no"), one.name, one.reason]), "No rule has a pattern.");
    }));
    parts.push(element("h2", "Events"));
    parts.push(table(["Event", "Source", "Type", "When"], events.slice().reverse().map(one => [body(one.id ?? json(one),
      json(one)), one.source, one["detail-type"], one.time]), "None was put."));
    return parts;
  },
  async schedules() {
    const {schedules} = await get("schedules");
    return [table(["Schedule", "Group", "When", "State", "Target", "Next"], schedules.map(one => [one.name, one.group,
      one.expression, one.state, one.targets.map(name).join(", "), when(one.next_due)]), "There is no schedule.")];
  },
  async pipes() {
    const {pipes} = await get("pipes");
    return [table(["Pipe", "State", "From", "Through", "To", "Still to do"], pipes.map(one => [folded(one.arn, one.name,
      element("pre", pretty(json(one.described)))), one.state, name(one.source_arn), name(one.enrichment_arn),
      name(one.target_arn), one.owed]), "There is no pipe.")];
  },
  async firehose() {
    const {delivery_streams} = await get("delivery_streams");
    return [table(["Delivery stream", "From", "Bucket", "Records", "Not delivered yet"], delivery_streams.map(one =>
      [folded(one.arn, one.name, element("pre", pretty(json(one.described)))), one.source_arn === null ? "puts"
        : name(one.source_arn), name(one.bucket_arn), one.records_count, one.waiting_count]),
      "There is no delivery stream.")];
  },
  async metrics() {
    const {metrics} = await get("metrics"), parts = [], id = one => one.namespace + " " + one.name;
    parts.push(table(["Metric", "Namespace", "Of", "Latest sample"], metrics.map(one => [link(one.name, id(one)),
      one.namespace, filled(one.dimensions), when(one.latest)]), "Nothing was measured yet."));
    const of = metrics.find(one => id(one) === chosen);
    if (!of) return parts;
    const found = await get("metrics?" + new URLSearchParams({namespace: of.namespace, name: of.name}));
    for (const one of found.metrics) parts.push(element("h2", one.name + " " + filled(one.dimensions)), table(["Minute",
      "Samples", "Average", "Sum", "Minimum", "Maximum"], one.points.slice().reverse().map(at => [when(at.time),
      at.SampleCount, at.Average, at.Sum, at.Minimum, at.Maximum]), "No minute has a sample."));
    return parts;
  },
  async logs() {
    const {log_groups} = await get("logs"), parts = [];
    parts.push(table(["Log group", "Streams", "Lines"], log_groups.map(one => [link(one.name, one.arn),
      one.streams.length, one.streams.reduce((sum, stream) => sum + stream.events_count, 0)]), "Nothing was logged."));
    const group = log_groups.find(one => one.arn === chosen);
    if (!group) return parts;
    const {events} = await get("logs/" + named(group.arn) + "?limit=200");
    parts.push(element("h2", "Its latest lines"));
    parts.push(table(["Line", "Stream", "When"], events.slice().reverse().map((one, n) => [folded("line " + group.arn +
      (events.length - n), short(one.message), element("pre", pretty(one.message))), one.stream, when(one.time)]), ""));
    return parts;
  },
  async buckets() {
    const {buckets} = await get("buckets"), parts = [];
    parts.push(table(["Bucket", "Objects", "Bytes", "Events"], buckets.map(one => [link(one.name, one.arn),
      one.objects_count, one.size, one.events_count]), "There is no bucket."));
    const bucket = buckets.find(one => one.arn === chosen);
    if (!bucket) return parts;
    const [{objects}, {events}] = await Promise.all([get("buckets/" + named(bucket.name) + "/objects?limit=200"),
      get("buckets/" + named(bucket.name))]);
    parts.push(element("h2", "Objects of " + bucket.name));
    parts.push(table(["Key", "Bytes", "Type", "Metadata", "Tags", "When"], objects.map(one => [one.key, one.size,
      one.content_type, filled(one.metadata), filled(one.tags), when(one.time)]), "It is empty."));
    parts.push(element("h2", "Who was told of what"));
    parts.push(table(["Event", "Key", "To", "When"], events.slice().reverse().map((one, n) => [folded("event " +
      bucket.arn + (events.length - n), one.name, element("pre", pretty(json(one.message)))), one.key,
      one.to.map(name).join(", "), when(one.time)]), "Nobody was."));
    return parts;
  },
  async scaling() {
    const {scaling_targets} = await get("scaling_targets");
    return [table(["What is scaled", "There are to be", "At least", "At most"], scaling_targets.map(one => [folded(
      one.arn, one.resource_id, listed(one.history.map(change => when(change.time) + "  " + change.old + " to " +
        change.new + ": " + change.cause))), one.desired, one.minimum, one.maximum]), "Nothing is scaled.")];
  },
  async alarms() {
    const {alarms} = await get("alarms");
    return [table(["Alarm", "State", "Since", "Why"], alarms.map(one => [folded(one.arn, one.name,
      listed(one.history.map(change => when(change.time) + "  " + change.old_state + " to " + change.state + ": " +
        change.reason))), cell(one.state, {OK: "yes", ALARM: "no"}[one.state]), when(one.since), one.reason]),
      "There is no alarm.")];
  },
  async outbox() {
    const {outbox} = await get("outbox");
    return [table(["To", "By", "What", "When"], outbox.slice().reverse().map((one, n) => [one.endpoint, one.protocol,
      body("outbox" + (outbox.length - n), (one.subject ? one.subject + ": " : "") + one.body), when(one.time)]),
      "Nothing has left the cloud: text messages, mails, pushes, posts that nobody answers.")];
  },
  async faults() {
    const {faults} = await get("faults");
    return [injector(), table(["Fault", "Seen", "Fired", ""], faults.map(one => [one.fault.replace(/ <seen .*$/, ""),
      one.seen, one.fired, button("remove", () => make("removed", () => ask("DELETE", "faults/" + one.id)),
        "fault " + one.id)]), "Nothing is made to go wrong.")];
  },
  async timeline() {
    const answer = await fetch(API + "timeline"), frame = document.createElement("iframe");
    frame.title = "Timeline"; frame.setAttribute("sandbox", "allow-scripts"); frame.srcdoc = await answer.text();
    return [button("look again", () => refresh(true), "again"), element("p", ""), frame];
  },
};
function text(base64) {
  const bytes = Uint8Array.from(atob(base64), one => one.charCodeAt(0));
  try { return new TextDecoder("utf-8", {fatal: true}).decode(bytes); } catch { return base64 + " (base64)"; }
}

// --- forms, which keep what was written in them -----------------------------------------------------------------------
const forms = {};
function tried(key, fields, go, work) {
  const made = forms[key] ??= document.createElement("form");
  made.work = work;
  if (made.elements.length) return made;
  const found = document.createElement("div");
  found.setAttribute("aria-live", "polite"); found.style.flexBasis = "100%";
  for (const [label, hint] of fields) { const field = document.createElement("textarea");
    field.placeholder = hint; field.setAttribute("aria-label", label); made.append(field); }
  made.append(element("button", go), found);
  made.onsubmit = async e => {
    e.preventDefault();
    try { found.replaceChildren(await made.work([...made.querySelectorAll("textarea")].map(one => one.value)));
      tell(""); } catch (error) { tell(error.message, true); }
  };
  return made;
}
const explainer = topic => tried("topic " + topic.arn, [["Message", "the message"], ["Attributes",
  'its attributes: {"store": "books", "price": 5}']], "who gets it?", async ([message, given]) => {
  const asked = {message, message_attributes: given.trim() || "{}"};
  const {subscriptions} = await ask("POST", "topics/" + named(topic.arn) + "/explain", asked);
  return table(["", "Subscription", "Why"], subscriptions.map(one => [cell(one.gets_it ? "gets it" : "does not",
    one.gets_it ? "yes" : "no"), one.protocol + " " + name(one.endpoint), one.reason]), "Nobody has subscribed.");
});
const EFFECTS = {refuse: ["refuse the call with", "RequestThrottled"], delay: ["delay by seconds", "5"],
  disconnect: ["cut the connection before", ""], lose_answer: ["lose the answer", ""],
  drop: ["drop a delivery of SNS's", ""], duplicate: ["deliver it times", "2"], postpone: ["deliver it later by", "5"],
  throttle: ["throttle a function", ""], time_out: ["let a function time out", ""],
  crash: ["let a function die, or a caller", "before"]};
function injector() {
  return forms.fault ??= make_();
  function make_() {
    const form = document.createElement("form"), input = (label, size) => { const made = document.createElement("input");
      made.placeholder = label; made.setAttribute("aria-label", label); made.size = size; return made; };
    const effect = document.createElement("select"), which = document.createElement("select");
    effect.setAttribute("aria-label", "What happens"); which.setAttribute("aria-label", "To which");
    for (const [key, [words]] of Object.entries(EFFECTS)) effect.append(new Option(words, key));
    for (const key of ["every call", "first", "nth", "every", "probability"]) which.append(new Option(key, key));
    const value = input("with what", 18), number = input("number", 6);
    const operation = input("operation", 16), resource = input("queue, topic, stream", 16), of = input("function", 12);
    const change = () => { value.value = EFFECTS[effect.value][1]; value.disabled = !value.value; };
    effect.onchange = change; change();
    which.onchange = () => { number.disabled = which.value === "every call"; }; number.disabled = true;
    form.append(effect, value, operation, resource, of, which, number, element("button", "inject"));
    form.onsubmit = e => {
      e.preventDefault();
      const what = effect.value, made = {optional: true};
      made[what] = value.disabled ? true : ["delay", "postpone", "duplicate"].includes(what) ? +value.value : value.value;
      for (const [key, field] of [["operation", operation], ["resource", resource], ["function", of]])
        if (field.value.trim()) made[key] = field.value.trim();
      if (which.value !== "every call") made[which.value] = +number.value;
      make("injected", () => ask("POST", "faults", made));
    };
    return form;
  }
}

// --- looking again ---------------------------------------------------------------------------------------------------
for (const one of TABS) {
  const made = button(one[0].toUpperCase() + one.slice(1), () => turnTo(one));
  made.setAttribute("role", "tab"); made.id = "tab-" + one; document.querySelector("nav").append(made);
}
document.querySelector("nav").addEventListener("keydown", k => {
  const by = {ArrowLeft: -1, ArrowRight: 1}[k.key];
  if (!by) return;
  const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length];
  turnTo(next); $("tab-" + next).focus(); k.preventDefault();
});
function turnTo(next) { location.hash = next; }
function choose(arn) { location.hash = tab + (arn ? "/" + arn : ""); }
function route() {
  const [first, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  tab = TABS.includes(first) ? first : "queues"; chosen = rest.join("/");
  for (const one of TABS) { const made = $("tab-" + one), is = one === tab;
    made.setAttribute("aria-selected", String(is)); made.tabIndex = is ? 0 : -1; }
  $("things").setAttribute("aria-label", tab[0].toUpperCase() + tab.slice(1));
  refresh(true);
}
addEventListener("hashchange", route);
let busy = false, again = false;
async function refresh(turned) {
  if (busy) { again ||= true; if (turned) drawn = 0; return; }
  busy = true;
  const shown = tab, arn = chosen;
  try {
    showClock(await get("clock"));
    if (tab !== "timeline" || turned) {
      const parts = await SHOW[shown]();
      if (shown === tab && arn === chosen) put(parts);
    }
  } catch (error) { tell(error.message === "Failed to fetch" ? "the server is gone" : error.message, true); }
  busy = false;
  if (again) { again = false; refresh(turned); }
}
// The same place has the focus as before, also when what it stood on was made anew.
function put(parts) {
  const things = $("things"), at = document.activeElement, key = things.contains(at) ? at.dataset.key : undefined;
  const scrolled = things.scrollTop, within = things.contains(at) && key === undefined && at !== things;
  if (within && at.form && parts.some(part => part.contains?.(at))) {
    // A form is being filled in: all but it is made anew.
    for (const old of [...things.children]) if (!old.contains(at)) old.remove();
    const kept = things.firstElementChild, place = parts.findIndex(part => part.contains?.(at));
    parts.slice(0, place).forEach(part => kept.before(part)); parts.slice(place + 1).reverse().forEach(p => kept.after(p));
  } else things.replaceChildren(...parts);
  if (key !== undefined) things.querySelector('[data-key="' + CSS.escape(key) + '"]')?.focus({preventScroll: true});
  things.scrollTop = scrolled;
}

// --- what happens ----------------------------------------------------------------------------------------------------
const HUES = [[/(deleted|acknowledged|succeeded)$/, "done"], [/(sent|published|put)$/, "sent"],
  [/(received|read|invoked)$/, "received"],
  [/(failed|fired|refused|expired|throttled|timed_out|moved_to_dlq|dead_lettered|discarded|lost|given_up)$/, "trouble"]];
const UNSPOKEN = /fanned_out$|poll\.filled$/;  // what other events say better
function happened(e) {
  seen++;
  if (e.told || UNSPOKEN.test(e.kind)) return;
  const row = document.createElement("tr");
  const time = cell(e.time.slice(11, 23), "time"), what = cell(short(e.text));
  row.title = e.kind;
  const hue = HUES.find(([pattern]) => pattern.test(e.kind));
  if (hue) what.style.color = "var(--" + hue[1] + ")";
  row.append(time, cell(e.resource), cell(e.actor, "by"), what);
  $("lines").prepend(row);
  while ($("lines").children.length > LINES) $("lines").lastElementChild.remove();
}
let soon_ = null;
function soon() { soon_ ??= setTimeout(() => { soon_ = null; $("count").textContent = seen + " events"; refresh(); }, 150); }
function follow() {
  const source = new EventSource(API + "trace?text=1");
  source.onmessage = message => { happened(JSON.parse(message.data)); soon(); };
  source.addEventListener("reset", () => { $("lines").replaceChildren(); seen = 0; soon(); });
  source.onopen = () => { if ($("told").textContent === "the server is gone") tell(""); };
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) { tell("the server is gone", true); return; }
    try { await get("trace?limit=1"); } catch (error) { $("count").textContent = error.message; }
    setInterval(() => { if (!document.hidden) refresh(); }, 2000);  // nobody tells that something has happened
  };
}
document.addEventListener("keydown", k => {
  if (/INPUT|TEXTAREA|SELECT/.test(k.target.tagName) || k.ctrlKey || k.metaKey || k.altKey) return;
  if (k.key === "n") toNext();
  if (k.key === "Escape" && chosen) choose("");
});
async function begin() {
  route();
  try { const health = await get("health"); $("place").textContent = health.account_id + ", " + health.region_name +
    ", seed " + health.seed; } catch (error) { tell(error.message, true); }
  follow();
  setInterval(() => { if (!document.hidden && clock && clock.kind === "real" && !clock.frozen) refresh(); }, 1000);
}
begin();
