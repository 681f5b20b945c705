import { elementSpans, members, type Span } from '../json-spans';

/** What becomes of a value: its JSON text, or other JSON text, or null to take it out with its key. */
export type Rewrite = (json: string) => string | null;

/** Rewrites by path, merged into a tree. `*` stands for every element of a list and every member of an object. */
export interface RewriteTree {
  readonly children: Map<string, RewriteTree>;
  rewrite?: Rewrite;
}

export const DROP: Rewrite = () => null;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

export function createRewriteTree(): RewriteTree {
  return { children: new Map() };
}

/** Adds `rewrite` at a dotted path. What is dropped stays dropped, whatever else is said of it or below it. */
export function addRewrite(tree: RewriteTree, path: string, rewrite: Rewrite): void {
  let node = tree;
  for (const name of path.split('.')) {
    let child = node.children.get(name);
    if (!child) node.children.set(name, (child = createRewriteTree()));
    node = child;
  }
  if (node.rewrite !== DROP) node.rewrite = rewrite;
}

/**
 * The same JSON text with the values at the tree's paths rewritten; the very same buffer when it has none of them. Everything else keeps its
 * bytes: numbers beyond 2^53, escapes, the order of keys. Repeated keys are all rewritten, also those that `JSON.parse` would not show.
 * `bytes` is JSON that `JSON.parse` has accepted.
 */
export function rewriteJson(bytes: Buffer, tree: RewriteTree): Buffer {
  const text = rewriteValue(bytes, { start: 0, end: bytes.length }, [tree]);
  return text === undefined ? bytes : Buffer.from(text ?? 'null');
}

/** New text, null to drop, undefined when nothing below changes. */
function rewriteValue(bytes: Buffer, span: Span, nodes: readonly RewriteTree[]): string | null | undefined {
  const rewrites = nodes.flatMap(({ rewrite }) => rewrite ?? []);
  if (rewrites.length > 0) {
    const json = bytes.toString('utf8', span.start, span.end);
    const changed = rewrites.includes(DROP) ? null : rewrites[0]!(json);
    return changed === json ? undefined : changed;
  }
  const first = firstByte(bytes, span);
  if (first === OPEN_OBJECT) return rewriteObject(bytes, span, nodes);
  return first === OPEN_ARRAY ? rewriteArray(bytes, span, nodes) : undefined;
}

function rewriteObject(bytes: Buffer, span: Span, nodes: readonly RewriteTree[]): string | undefined {
  let isChanged = false;
  const parts = members(bytes, span.start).flatMap(({ key, value }) => {
    const below = childrenOf(nodes, keyText(bytes, key));
    const changed = below.length === 0 ? undefined : rewriteValue(bytes, value, below);
    isChanged ||= changed !== undefined;
    if (changed === null) return [];
    return `${bytes.toString('utf8', key.start, key.end)}:${changed ?? bytes.toString('utf8', value.start, value.end)}`;
  });
  return isChanged ? `{${parts.join(',')}}` : undefined;
}

function rewriteArray(bytes: Buffer, span: Span, nodes: readonly RewriteTree[]): string | undefined {
  const below = childrenOf(nodes, '*');
  if (below.length === 0) return undefined;
  let isChanged = false;
  const parts = elementSpans(bytes, span.start).flatMap((element) => {
    const changed = rewriteValue(bytes, element, below);
    isChanged ||= changed !== undefined;
    return changed === null ? [] : (changed ?? bytes.toString('utf8', element.start, element.end));
  });
  return isChanged ? `[${parts.join(',')}]` : undefined;
}

function childrenOf(nodes: readonly RewriteTree[], name: string): RewriteTree[] {
  return nodes
    .flatMap(({ children }) => [children.get(name), name === '*' ? undefined : children.get('*')])
    .filter((node) => node !== undefined);
}

function keyText(bytes: Buffer, { start, end }: Span): string {
  const quoted = bytes.toString('utf8', start, end);
  return bytes.subarray(start, end).includes(BACKSLASH) ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

function firstByte(bytes: Buffer, { start, end }: Span): number | undefined {
  let i = start;
  while (i < end && bytes[i]! <= 0x20) i++;
  return bytes[i];
}

/** True for the JSON text of a text. */
export function isJsonText(json: string): boolean {
  return json.charCodeAt(0) === QUOTE;
}
