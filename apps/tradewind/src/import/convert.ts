import { createTimeReader, type TimeOptions } from './read-time';

/** How a value becomes what its target holds. */
export const TARGET_TYPES = ['text', 'number', 'boolean', 'time', 'json', 'asis'] as const;
export type TargetType = (typeof TARGET_TYPES)[number];

export interface ConvertOptions extends TimeOptions {
  /** What stands before the decimals: `.` or `,`. */
  readonly decimal: '.' | ',';
}

/** A value that is not what its target holds stays as it is: the collector then says what is wrong with it, by name. */
export type Convert = (value: unknown, type: TargetType) => unknown;

export function createConvert({ decimal, ...time }: ConvertOptions): Convert {
  const readTime = createTimeReader(time);
  return function convert(value, type) {
    switch (type) {
      case 'text':
        return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
      case 'number':
        return typeof value === 'string' ? (readNumber(value, decimal) ?? value) : value;
      case 'boolean':
        return typeof value === 'string' ? (readBoolean(value) ?? value) : value;
      case 'time':
        return readTime(value) ?? value;
      case 'json':
        return typeof value === 'string' ? (readJson(value) ?? value) : value;
      case 'asis':
        return value;
    }
  };
}

/** `1,234.50`, `£12`, `(3.20)` for −3.20, `1e3`; in the other locale `1.234,50 €`. Undefined when it is none. */
export function readNumber(text: string, decimal: '.' | ',' = '.'): number | undefined {
  const bare = text.replace(/[\s\u00a0\p{Sc}']/gu, '');
  const isNegative = /^\(.*\)$/.test(bare);
  const digits = isNegative ? bare.slice(1, -1) : bare;
  const [group, plain] = decimal === '.' ? [/,(?=\d{3}(\D|$))/g, digits] : [/\.(?=\d{3}(\D|$))/g, digits];
  const usual = decimal === '.' ? plain.replace(group, '') : plain.replace(group, '').replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(usual)) return undefined;
  return isNegative ? -Number(usual) : Number(usual);
}

function readBoolean(text: string): boolean | undefined {
  if (/^(true|yes|y|t|1)$/i.test(text.trim())) return true;
  return /^(false|no|n|f|0)$/i.test(text.trim()) ? false : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
