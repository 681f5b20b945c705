import { UsageError } from '../command';

/** One change of an entry's JSON. Names of a path are joined by dots, `*` is every element of an array: `properties.products.*.price`. */
export type Edit =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'rename'; readonly path: Path; readonly to: Path }
  | { readonly kind: 'remove'; readonly path: Path };

export type Path = readonly string[];

/** `path=json`; what is no JSON is text. @throws UsageError */
export function parseSet(text: string): Edit {
  const [path, value] = split('--set', text);
  return { kind: 'set', path: parsePath('--set', path), value: parseValue(value) };
}

/** `from=to`. @throws UsageError */
export function parseRename(text: string): Edit {
  const [from, to] = split('--rename', text).map((path) => parsePath('--rename', path)) as [Path, Path];
  const isPattern = from.includes('*') || to.includes('*');
  if (isPattern && from.slice(0, -1).join('.') !== to.slice(0, -1).join('.'))
    throw new UsageError(
      '--rename',
      text,
      'with * only the last name may change, e.g. properties.products.*.cost=properties.products.*.price',
    );
  return { kind: 'rename', path: from, to };
}

/** @throws UsageError */
export function parseRemove(text: string): Edit {
  return { kind: 'remove', path: parsePath('--remove', text) };
}

function split(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new UsageError(option, text, 'write path=value');
  return [text.slice(0, at), text.slice(at + 1)];
}

function parsePath(option: string, text: string): Path {
  const names = text.trim().split('.');
  if (names.includes('')) throw new UsageError(option, text, 'write names joined by dots, e.g. properties.price');
  return names;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

type Members = Record<string, unknown>;

/** Applies the edits in order to a value of its own; what is not there is left alone, but for `set`, which makes what it needs. */
export function applyEdits(value: Members, edits: readonly Edit[]): void {
  for (const edit of edits) {
    if (edit.kind === 'rename' && !edit.path.includes('*')) move(value, edit.path, edit.to);
    else for (const parent of parentsOf(value, edit.path, edit.kind === 'set')) change(parent, edit);
  }
}

function change(parent: Members, edit: Edit): void {
  const name = edit.path.at(-1)!;
  if (edit.kind === 'set') put(parent, name, edit.value);
  else if (Object.hasOwn(parent, name)) {
    if (edit.kind === 'rename') put(parent, edit.to.at(-1)!, parent[name]);
    delete parent[name];
  }
}

function move(value: Members, from: Path, to: Path): void {
  const [parent] = parentsOf(value, from, false);
  const name = from.at(-1)!;
  if (parent === undefined || !Object.hasOwn(parent, name)) return;
  const moved = parent[name];
  delete parent[name];
  for (const target of parentsOf(value, to, true)) put(target, to.at(-1)!, moved);
}

/** The objects or arrays that hold the path's last name. */
function parentsOf(value: Members, path: Path, make: boolean): Members[] {
  return path.slice(0, -1).reduce<Members[]>((parents, name) => parents.flatMap((parent) => childrenOf(parent, name, make)), [value]);
}

function childrenOf(parent: Members, name: string, make: boolean): Members[] {
  if (name === '*') return Array.isArray(parent) ? (parent as unknown[]).filter(isMembers) : [];
  const child = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (isMembers(child)) return [child];
  if (!make) return [];
  const made: Members = {};
  put(parent, name, made);
  return [made];
}

/** As a member of its own whatever its name, `__proto__` too. */
function put(parent: Members, name: string, value: unknown): void {
  Object.defineProperty(parent, name, { value, enumerable: true, writable: true, configurable: true });
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}
