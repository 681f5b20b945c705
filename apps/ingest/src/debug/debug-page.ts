import type { ShownBad, ShownGood } from './debug-json';
import type { countsOf } from './debug-json';

export interface DebugPage {
  readonly sourceId: string;
  readonly counts: ReturnType<typeof countsOf>;
  readonly good: readonly ShownGood[];
  readonly bad: readonly ShownBad[];
  readonly name: string;
  readonly id: string;
  /** 0 leaves the page as it is. */
  readonly refreshSeconds: number;
}

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1a2230;background:#f5f6f8}
header,main{max-width:1400px;margin:auto;padding:16px 24px}
header{display:flex;flex-wrap:wrap;gap:8px 28px;align-items:baseline}
h1{font-size:20px;margin:0}h2{font-size:16px;margin:24px 0 8px}
form{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
input,select,button{font:inherit;padding:4px 8px;border:1px solid #c3cad5;border-radius:6px;background:#fff}
.counts{display:flex;flex-wrap:wrap;gap:12px;margin:8px 0 20px}
.counts div{background:#fff;border:1px solid #dde2ea;border-radius:8px;padding:10px 18px;min-width:96px}
.counts b{display:block;font-size:24px;font-variant-numeric:tabular-nums}
.good b{color:#12703c}.bad b{color:#b3261e}
details{background:#fff;border:1px solid #dde2ea;border-left:4px solid #2d9d5f;border-radius:6px;margin:6px 0;padding:6px 12px}
details.rejected{border-left-color:#d0392f}details.flagged{border-left-color:#d99a00}
summary{cursor:pointer;display:flex;flex-wrap:wrap;gap:4px 16px}
summary time{color:#5b6677;font-variant-numeric:tabular-nums}
summary .why{color:#8c1d18}.tag{background:#eceff4;border-radius:4px;padding:0 6px}
pre{overflow:auto;background:#f5f6f8;border-radius:6px;padding:10px;margin:8px 0;font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
mark{background:#ffd5d1;border-radius:3px;padding:0 2px}
.lists{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:0 28px}.lists section{min-width:0}
.id{max-width:22ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.none{color:#5b6677}footer{color:#5b6677;max-width:1400px;margin:auto;padding:0 24px 24px}`;

/** The page as one HTML document that loads nothing else. */
export function debugPage({ sourceId, counts, good, bad, name, id, refreshSeconds }: DebugPage): string {
  const refresh = refreshSeconds > 0 ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}
<title>${escape(sourceId)}: events</title><style>${STYLE}</style></head><body>
<header><h1>${escape(sourceId)}</h1><span>this replica, since <time>${counts.since}</time></span>
<form method="get"><input name="name" placeholder="event or code" value="${escape(name)}" aria-label="event name or error code">
<input name="id" placeholder="user or message id" value="${escape(id)}" aria-label="user or message id">
<select name="refresh" aria-label="refresh">${[0, 2, 5, 30].map((seconds) => option(seconds, refreshSeconds)).join('')}</select><button>Show</button></form></header>
<main><div class="counts">${box('', 'events', counts.total)}${box('good', 'good', counts.good)}${box('bad', 'bad', counts.bad)}${box('', 'dropped', counts.dropped)}</div>
${tally('Rejected', counts.badBy)}${tally('Dropped', counts.droppedBy)}
<div class="lists"><section><h2>Last bad, and why</h2>${bad.map((each, i) => badHtml(each, i === 0)).join('') || '<p class="none">None.</p>'}
</section><section><h2>Last good</h2>${good.map((each, i) => goodHtml(each, i === 0)).join('') || '<p class="none">None.</p>'}</section></div></main>
<footer><a href="/openapi.json">openapi.json</a> · JSON: /v1/debug/events, /v1/debug/good, /v1/debug/bad · POST /v1/debug/reset</footer></body></html>`;
}

function badHtml({ receivedAt, code, reason, field, messageId, bytes, original }: ShownBad, open: boolean): string {
  return `<details class="rejected"${open ? ' open' : ''}><summary><time>${receivedAt.slice(11, 23)}</time><b>${code}</b><span class="why">${escape(reason)}</span>
<span class="tag id" title="${escape(messageId)}">${escape(messageId) || 'no messageId'}</span><span class="tag">${bytes.toLocaleString('en')} bytes</span></summary><pre>${marked(pretty(original) || 'not kept', field)}</pre></details>`;
}

function goodHtml({ kind, type, name, messageId, receivedAt, message, violations }: ShownGood, open: boolean): string {
  const flagged = violations.length > 0;
  const why = flagged ? `<span class="why">${escape(violations.map(({ description }) => description).join('; '))}</span>` : '';
  const field = violations[0]?.field.split('.').at(-1) ?? null;
  return `<details class="${flagged ? 'flagged' : ''}"${open ? ' open' : ''}><summary><time>${receivedAt.slice(11, 23)}</time><b>${escape(type || kind)}</b><span>${escape(name)}</span>
<span class="tag id" title="${escape(messageId)}">${escape(messageId)}</span>${why}</summary><pre>${marked(JSON.stringify(message, null, 2), field)}</pre></details>`;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    // Cut off, or no JSON at all: as it came.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function marked(text: string, field: string | null): string {
  const html = escape(text);
  if (field === null) return html;
  const member = escape(`"${field}"`);
  const at = html.indexOf(member);
  if (at < 0) return html;
  const lineEnd = html.indexOf('\n', at);
  const end = lineEnd < 0 ? at + member.length : lineEnd;
  return `${html.slice(0, at)}<mark>${html.slice(at, end)}</mark>${html.slice(end)}`;
}

function box(kind: string, label: string, value: number): string {
  return `<div class="${kind}"><b>${value.toLocaleString('en')}</b>${label}</div>`;
}

function tally(label: string, counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return '';
  return `<p>${label}: ${entries.map(([name, times]) => `<span class="tag">${escape(name)} ${times.toLocaleString('en')}</span>`).join(' ')}</p>`;
}

function option(seconds: number, chosen: number): string {
  return `<option value="${seconds}"${seconds === chosen ? ' selected' : ''}>${seconds === 0 ? 'no refresh' : `every ${seconds} s`}</option>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
