import { eachMember, elementSpans, type Span } from '../json-spans';

/** What becomes of a value: its JSON text, or other JSON text, or null to take it out with its key. */
export type Rewrite = (json: string) => string | null;

/** Rewrites by path, merged into a tree. `*` stands for every element of a list and every member of an object. */
export interface RewriteTree {
  readonly children: Map<string, RewriteTree>;
  /** In UTF-8, of the names of `children`: a key of another length is none of them. */
  readonly nameLengths: Set<number>;
  rewrite?: Rewrite;
}

export const DROP: Rewrite = () => null;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const NONE: readonly RewriteTree[] = [];

export function createRewriteTree(children: ReadonlyMap<string, RewriteTree> = new Map()): RewriteTree {
  const names = [...children.keys()];
  return { children: new Map(children), nameLengths: new Set(names.map((name) => Buffer.byteLength(name))) };
}

/** Adds `rewrite` at a dotted path. What is dropped stays dropped, whatever else is said of it or below it. */
export function addRewrite(tree: RewriteTree, path: string, rewrite: Rewrite): void {
  let node = tree;
  for (const name of path.split('.')) {
    let child = node.children.get(name);
    if (!child) {
      node.children.set(name, (child = createRewriteTree()));
      node.nameLengths.add(Buffer.byteLength(name));
    }
    node = child;
  }
  if (node.rewrite !== DROP) node.rewrite = rewrite;
}

/** The bytes of `span` become `text`. */
interface Edit extends Span {
  readonly text: string;
}

/**
 * The same JSON text with the values at the tree's paths rewritten; the very same buffer when it has none of them. Everything else keeps its
 * bytes: numbers beyond 2^53, escapes, white space, the order of keys. Repeated keys are all rewritten, also those that `JSON.parse` would not
 * show. `bytes` is JSON that `JSON.parse` has accepted.
 */
export function rewriteJson(bytes: Buffer, tree: RewriteTree): Buffer {
  const edits: Edit[] = [];
  const isDropped = rewriteValue(bytes, { start: 0, end: bytes.length }, [tree], edits);
  if (isDropped) return Buffer.from('null');
  if (edits.length === 0) return bytes;
  edits.sort((a, b) => a.start - b.start);
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    parts.push(bytes.subarray(at, start));
    if (text !== '') parts.push(Buffer.from(text));
    at = end;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

/** Adds the edits of a value; true when it has to go as a whole. */
function rewriteValue(bytes: Buffer, span: Span, nodes: readonly RewriteTree[], edits: Edit[]): boolean {
  const rewrite = rewriteOf(nodes);
  if (rewrite === DROP) return true;
  if (rewrite) {
    const json = bytes.toString('utf8', span.start, span.end);
    const text = rewrite(json);
    if (text !== null && text !== json) edits.push({ ...span, text });
    return text === null;
  }
  const first = bytes[skipSpace(bytes, span)];
  if (first === OPEN_OBJECT) rewriteObject(bytes, span, nodes, edits);
  else if (first === OPEN_ARRAY) rewriteArray(bytes, span, nodes, edits);
  return false;
}

function rewriteOf(nodes: readonly RewriteTree[]): Rewrite | undefined {
  let found: Rewrite | undefined;
  for (const { rewrite } of nodes) if (rewrite === DROP || !found) found = rewrite ?? found;
  return found;
}

function rewriteObject(bytes: Buffer, { start }: Span, nodes: readonly RewriteTree[], edits: Edit[]): void {
  const removal = createRemoval(edits);
  eachMember(bytes, start, (keyStart, keyEnd, valueStart, valueEnd) => {
    const below = childrenAt(nodes, bytes, keyStart, keyEnd);
    const isDropped = below.length > 0 && rewriteValue(bytes, { start: valueStart, end: valueEnd }, below, edits);
    removal.pass(keyStart, valueEnd, isDropped);
  });
  removal.end();
}

function rewriteArray(bytes: Buffer, { start }: Span, nodes: readonly RewriteTree[], edits: Edit[]): void {
  const below = childrenOf(nodes, '*');
  if (below.length === 0) return;
  const removal = createRemoval(edits);
  for (const span of elementSpans(bytes, start)) removal.pass(span.start, span.end, rewriteValue(bytes, span, below, edits));
  removal.end();
}

/** Takes parts of a list or an object out, each with one comma. */
function createRemoval(edits: Edit[]) {
  /** Where the dropped parts at the beginning start, while none is kept; -1 without any. */
  let leading = -1;
  let hasKept = false;
  let lastEnd = -1;
  return {
    pass(start: number, end: number, isDropped: boolean): void {
      if (isDropped && hasKept) edits.push({ start: lastEnd, end, text: '' });
      else if (isDropped && leading < 0) leading = start;
      else if (!isDropped && !hasKept && leading >= 0) edits.push({ start: leading, end: start, text: '' });
      hasKept ||= !isDropped;
      lastEnd = end;
    },
    end(): void {
      if (!hasKept && leading >= 0) edits.push({ start: leading, end: lastEnd, text: '' });
    },
  };
}

function childrenAt(nodes: readonly RewriteTree[], bytes: Buffer, keyStart: number, keyEnd: number): readonly RewriteTree[] {
  const isEscaped = hasEscape(bytes, keyStart, keyEnd);
  if (!isEscaped && !mayHaveChild(nodes, keyEnd - keyStart - 2)) return NONE;
  const quoted = bytes.toString('utf8', keyStart, keyEnd);
  return childrenOf(nodes, isEscaped ? (JSON.parse(quoted) as string) : quoted.slice(1, -1));
}

/** Most keys are of another length than any name, and need not become text. */
function mayHaveChild(nodes: readonly RewriteTree[], nameLength: number): boolean {
  for (const { nameLengths, children } of nodes) if (nameLengths.has(nameLength) || children.has('*')) return true;
  return false;
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

function childrenOf(nodes: readonly RewriteTree[], name: string): readonly RewriteTree[] {
  const found: RewriteTree[] = [];
  for (const { children } of nodes) {
    const [own, every] = [children.get(name), name === '*' ? undefined : children.get('*')];
    if (own) found.push(own);
    if (every) found.push(every);
  }
  return found;
}

function skipSpace(bytes: Buffer, { start, end }: Span): number {
  let i = start;
  while (i < end && bytes[i]! <= 0x20) i++;
  return i;
}

/** True for the JSON text of a text. */
export function isJsonText(json: string): boolean {
  return json.charCodeAt(0) === QUOTE;
}
