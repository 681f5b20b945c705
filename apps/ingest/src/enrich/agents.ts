import { isbot } from 'isbot';
import { UAParser } from 'ua-parser-js';
import { cached } from './bounded-cache';

/** What a user agent says of its user's machine. Texts are '' when unknown. */
export interface Agent {
  /** E.g. `Chrome`, `Mobile Safari`. */
  readonly browser: string;
  /** E.g. `Windows`, `iOS`. */
  readonly os: string;
  /** desktop, mobile, tablet, tv, console, other, or '' when nothing is known. */
  readonly device: string;
  /** A crawler or another program. */
  readonly bot: boolean;
}

/** Real ones have 60 to 300 characters; both parsers are regular expressions. */
const MAX_LENGTH = 500;
const CACHED_AGENTS = 5_000;

const DEVICES: ReadonlyMap<string | undefined, string> = new Map([
  ['mobile', 'mobile'],
  ['tablet', 'tablet'],
  ['smarttv', 'tv'],
  ['console', 'console'],
  ['wearable', 'other'],
  ['embedded', 'other'],
  ['xr', 'other'],
]);
const DESKTOPS =
  /^(Windows|Mac OS|Linux|Chromium OS|Chrome OS|Ubuntu|Debian|Fedora|GNU|FreeBSD|OpenBSD|NetBSD|CentOS|Mint|Arch|SUSE|Gentoo)$/;

/** Whether a request with this user agent comes from a page, so that it is its visitor's. Those of server SDKs are their own. */
export function isBrowserAgent(userAgent: string): boolean {
  return userAgent.startsWith('Mozilla/') || userAgent.startsWith('Opera/');
}

/** A reader that remembers the last 5,000 to 10,000 user agents (about 5 MB); of longer ones than 500 characters the beginning counts. */
export function createAgentReader(): (userAgent: string) => Agent {
  const read = cached(CACHED_AGENTS, readAgent);
  return (userAgent) => read(userAgent.length > MAX_LENGTH ? userAgent.slice(0, MAX_LENGTH) : userAgent);
}

function readAgent(userAgent: string): Agent {
  const { browser, os, device } = new UAParser(userAgent).getResult();
  const bot = isbot(userAgent);
  return { browser: browser.name ?? '', os: os.name ?? '', device: bot ? 'other' : deviceOf(device.type, os.name), bot };
}

function deviceOf(type: string | undefined, os: string | undefined): string {
  const device = DEVICES.get(type);
  if (device !== undefined) return device;
  if (os === undefined) return '';
  return DESKTOPS.test(os) ? 'desktop' : 'other';
}
