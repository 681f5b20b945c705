/** The live page, whole: no build step, no request but `/v1/live`. The console replaces it. */
export const PAGE = /* html */ `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Tradewind live</title>
<style>
:root { --ink:#14213d; --soft:#5c677d; --line:#dfe5ec; --sea:#0a6e8a; --wind:#12a594; --paper:#f6f8fa; --warn:#b54708 }
* { box-sizing:border-box } body { margin:0; font:15px/1.45 system-ui,sans-serif; color:var(--ink); background:var(--paper) }
header { background:linear-gradient(100deg,#08384a,#0a6e8a 60%,#12a594); color:#fff; padding:18px 28px; display:flex; align-items:baseline; gap:16px; flex-wrap:wrap }
h1 { font-size:22px; margin:0; letter-spacing:.3px } header small { opacity:.85 } #state { margin-left:auto; font-size:13px }
main { max-width:1240px; margin:0 auto; padding:20px 28px; display:grid; gap:18px; grid-template-columns:repeat(12,1fr) }
section { background:#fff; border:1px solid var(--line); border-radius:10px; padding:16px 18px; min-width:0 }
h2 { font-size:13px; text-transform:uppercase; letter-spacing:.8px; color:var(--soft); margin:0 0 10px }
.count { grid-column:span 2 } .count b { display:block; font-size:26px; font-variant-numeric:tabular-nums } .count span { color:var(--soft); font-size:13px }
.wide { grid-column:span 6 } .full { grid-column:span 12 } .third { grid-column:span 4 } .rest { grid-column:span 8 }
@media (max-width:900px) { .count { grid-column:span 4 } .wide,.third,.rest { grid-column:span 12 } }
.bar { display:grid; grid-template-columns:minmax(130px,12em) 1fr 60px; gap:10px; align-items:center; margin:6px 0 }
.bar i { display:block; height:12px; border-radius:6px; background:var(--wind) } .bar em { font-style:normal; text-align:right; font-variant-numeric:tabular-nums }
table { width:100%; border-collapse:collapse } td,th { text-align:left; padding:6px 8px 6px 0; border-top:1px solid var(--line); vertical-align:top } th { font-weight:600; color:var(--soft); border:0; font-size:13px }
.tag { display:inline-block; border-radius:9px; padding:0 9px; font-size:13px; background:#e4f4f1; color:#0b5f55 } .tag.exited { background:#fbeee3; color:var(--warn) }
.mono { font-family:ui-monospace,monospace; font-size:13px } .soft { color:var(--soft) } ol { margin:0; padding-left:18px } .empty { color:var(--soft); padding:6px 0 }
</style>
</head>
<body>
<header><h1>Tradewind</h1><small>clickstream in, decisions out</small><span id="state" role="status">connecting…</span></header>
<main>
<section class="count"><h2>Events</h2><b id="events">0</b><span id="rate"></span></section>
<section class="count"><h2>Shop time</h2><b id="shoptime" style="font-size:19px;padding:5px 0">–</b><span>last event</span></section>
<section class="count"><h2>Transitions</h2><b id="transitions">0</b><span>segment entries and exits</span></section>
<section class="count"><h2>Lists</h2><b id="lists">0</b><span>recommendations published</span></section>
<section class="count"><h2>Catalogue</h2><b id="items">0</b><span>items</span></section>
<section class="count"><h2>Rejected</h2><b id="rejected">0</b><span>kept with the reason</span></section>
<section class="third"><h2>Customers by segment</h2><div id="segments"></div></section>
<section class="rest"><h2>Latest transitions</h2><div id="latest"></div></section>
<section class="full"><h2>Latest recommendations</h2><div id="recs"></div></section>
<section class="full"><h2>Live models</h2><div id="models"></div></section>
</main>
<script>
const $ = (id) => document.getElementById(id), n = (x) => Number(x).toLocaleString('en');
const esc = (s) => String(s).replace(/[&<>"']/g, (c) => '&#' + c.charCodeAt(0) + ';');
const when = (ms) => ms ? new Date(ms).toISOString().slice(0, 16).replace('T', ' ') : '–';
const user = (key) => esc(key.slice(key.indexOf(':') + 1));
const table = (head, rows, empty) => rows.length ? '<table><tr>' + head.map((h) => '<th>' + h + '</th>').join('') + '</tr>' + rows.map((r) => '<tr>' + r.map((c) => '<td>' + c + '</td>').join('') + '</tr>').join('') + '</table>' : '<div class="empty">' + empty + '</div>';
function draw(s) {
  for (const id of ['events', 'transitions', 'lists', 'items', 'rejected']) $(id).textContent = n(s.totals[id]);
  $('rate').textContent = n(Math.round(s.eventsPerSecond)) + ' per second';
  $('shoptime').textContent = when(s.lastEventAtMs);
  const most = Math.max(1, ...s.segments.map((g) => g.members));
  $('segments').innerHTML = s.segments.length ? s.segments.map((g) => '<div class="bar"><span>' + esc(g.segmentName) + '</span><i style="width:' + Math.max(2, 100 * g.members / most) + '%"></i><em>' + n(g.members) + '</em></div>').join('') : '<div class="empty">Nobody is in a segment yet.</div>';
  $('latest').innerHTML = table(['Customer', 'Segment', 'Strongest evidence', 'Shop time'], s.transitions.map((t) => ['<span class="mono">' + user(t.userKey) + '</span>', '<span class="tag ' + t.kind + '">' + t.kind + '</span> ' + esc(t.segment), '<span class="mono">' + esc(t.why) + '</span>', '<span class="soft">' + when(t.occurredAtMs) + '</span>']), 'None yet.');
  $('recs').innerHTML = table(['Customer', 'Show next', 'Because'], s.lists.slice(0, 6).map((l) => ['<span class="mono">' + user(l.userKey) + '</span>', '<ol>' + l.items.slice(0, 3).map((i) => '<li>' + esc(i.title) + '</li>').join('') + '</ol>', l.items.slice(0, 3).map((i) => '<div class="soft">' + esc(i.reason || l.strategy) + '</div>').join('')]), 'None yet: lists need a trained model.');
  $('models').innerHTML = table(['Model', 'Version', 'Held-out metrics'], s.models.map((m) => [esc(m.model), '<span class="mono">' + esc(m.version) + '</span>', '<span class="mono">' + Object.entries(m.metrics).map(([k, v]) => esc(k) + ' ' + Number(v.toPrecision(4))).join(' · ') + '</span>']), 'Training starts when enough events have come in.');
  $('state').textContent = 'live · log ' + s.backing.log + ' · state ' + s.backing.state + ' · database ' + s.backing.database;
}
async function tick() {
  try { const r = await fetch('v1/live'); if (!r.ok) throw new Error(r.status); draw(await r.json()); } catch (e) { $('state').textContent = 'no answer from the gateway, trying again'; }
  setTimeout(tick, 1000);
}
tick();
</script>
</body>
</html>
`;
