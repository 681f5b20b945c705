import { UsageError } from '../command';

type JsonObject = Readonly<Record<string, unknown>>;

/** One `path=value`; a value without meaning in JSON is text. Null takes the setting out. */
export interface SettingChange {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** `ip=drop`, `consent.required=true`, `hashFields=["userId"]`. @throws UsageError */
export function parseChange(text: string): SettingChange {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new UsageError('<change>', text, 'give setting=value, e.g. ip=drop or hashFields=\'["userId"]\'');
  return { path: pathOf(text.slice(0, equals)), value: valueOf(text.slice(equals + 1)) };
}

/** Takes a setting out, so that its default holds. @throws UsageError */
export function removal(path: string): SettingChange {
  return { path: pathOf(path), value: null };
}

/** The settings with the changes made in order; objects on the way are made where they are missing. */
export function applyChanges(settings: unknown, changes: readonly SettingChange[]): unknown {
  return changes.reduce((value, { path, value: changed }) => change(value, path, changed), settings);
}

function change(settings: unknown, [name, ...rest]: readonly string[], value: unknown): JsonObject {
  const object = isObject(settings) ? settings : {};
  if (name === undefined) return object;
  const { [name]: present, ...others } = object;
  if (rest.length > 0) return { ...others, [name]: change(present, rest, value) };
  return value === null ? others : { ...others, [name]: value };
}

function pathOf(text: string): string[] {
  const path = text.split('.');
  if (path.includes('') || path.includes('__proto__')) throw new UsageError('<setting>', text, 'is no path such as ip or consent.required');
  return path;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
