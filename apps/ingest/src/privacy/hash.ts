import { createHmac } from 'node:crypto';

const PREFIX = 'hmac-sha256:';
const HASHED = /^hmac-sha256:[0-9a-f]{64}$/;

/** Text that stands for a value and cannot be turned back without the key; the same for the same value. */
export type HashText = (text: string) => string;

/**
 * `hmac-sha256:<hex>` of the text (RFC 2104), trimmed, and in lower case when it looks like an e-mail address: other ids may differ by case
 * alone. Text that is hashed already, and empty text, stay as they are. `key` has at least 32 bytes.
 */
export function createHasher(key: string): HashText {
  return function hash(text) {
    const trimmed = text.trim();
    if (trimmed === '' || HASHED.test(trimmed)) return trimmed;
    const normal = trimmed.includes('@') ? trimmed.toLowerCase() : trimmed;
    return PREFIX + createHmac('sha256', key).update(normal).digest('hex');
  };
}
