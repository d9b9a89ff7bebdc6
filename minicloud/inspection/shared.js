"use strict";
const $ = id => document.getElementById(id);
function element(name, text) { const made = document.createElement(name); made.textContent = text; return made; }
function listed(lines) { const list = document.createElement("ol"); list.append(...lines.map(l => element("li", l)));
  return list; }
function inEnvelope(body) {
  try { const it = JSON.parse(body); return it.Type === "Notification" && typeof it.Message === "string" ? it.Message
    : null; } catch { return null; }
}
// JSON with a line for each member; numbers and texts stay as they were written.
function pretty(text) {
  try { if (typeof JSON.parse(text) !== "object") return text; } catch { return text; }
  let made = "", depth = 0;
  const line = () => "\n" + "  ".repeat(depth);
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    if ((token === "}" || token === "]") && !/[[{]$/.test(made)) { depth--; made += line() + token; }
    else if (token === "}" || token === "]") { depth--; made += token; }
    else {
      if (/[[{]$/.test(made)) made += line();
      made += token === ":" ? ": " : token;
      if (token === "{" || token === "[") depth++;
      if (token === ",") made += line();
    }
  }
  return made;
}
