import { cached } from './bounded-cache';
import { EMAIL_SITES, PAID_CLICK_IDS, SEARCH_SITES, SOCIAL_SITES } from './referrer-sites';

/** How somebody came; '' when unknown, or from a page of the same site. */
export type Medium = 'search' | 'social' | 'email' | 'paid' | 'referral' | 'direct' | '';

/** UTM parameters; each '' when absent. */
export interface Campaign {
  readonly source: string;
  readonly medium: string;
  readonly name: string;
  readonly term: string;
  readonly content: string;
}

const MAX_TEXT = 255;
const CACHED_HOSTS = 1_000;
const SITES = new Map<string, Medium>([
  ...SEARCH_SITES.map((site) => [site, 'search'] as const),
  ...SOCIAL_SITES.map((site) => [site, 'social'] as const),
  ...EMAIL_SITES.map((site) => [site, 'email'] as const),
]);
/** The second level under which some countries register companies. */
const SECOND_LEVELS = new Set(['co', 'com', 'org', 'net', 'or', 'ne', 'ac']);
const CLICK_IDS = new Map<string, Medium>([...PAID_CLICK_IDS.map((name) => [name, 'paid'] as const), ['fbclid', 'social']]);
const MARKED_QUERY = new RegExp(`[?&](utm_|(${[...CLICK_IDS.keys()].join('|')})=)`);
/** @see https://support.google.com/analytics/answer/9756891, default channel groups */
const CAMPAIGN_MEDIA: readonly (readonly [RegExp, Medium])[] = [
  [/^(.*cp[acmvl].*|ppc|paid.*|.*paid|retargeting|remarketing|display|banner|ads?)$/, 'paid'],
  [/^(e[-_ ]?mail|newsletter)$/, 'email'],
  [/^(social|social[-_ ]?(network|media)|sm)$/, 'social'],
  [/^(organic|search)$/, 'search'],
  [/^(referral|affiliates?|link|app)$/, 'referral'],
];

export const NO_CAMPAIGN: Campaign = { source: '', medium: '', name: '', term: '', content: '' };

/** The host of an address in lower case, without port; '' when it has none. Also of `android-app://` addresses. */
export function hostOf(address: string): string {
  const start = address.indexOf('://') + 3;
  if (start < 4) return '';
  let end = start;
  while (end < address.length && !'/?#\\'.includes(address[end]!)) end++;
  const authority = address.slice(address.lastIndexOf('@', end - 1) >= start ? address.lastIndexOf('@', end - 1) + 1 : start, end);
  const port = authority.startsWith('[') ? -1 : authority.indexOf(':');
  const host = (port < 0 ? authority : authority.slice(0, port)).toLowerCase();
  return host.length <= MAX_TEXT ? host : '';
}

/** Whether two hosts are one site: equal but for `www.`, or one below the other. */
export function isSameSite(a: string, b: string): boolean {
  const [first, second] = [withoutWww(a), withoutWww(b)];
  return first === second || first.endsWith(`.${second}`) || second.endsWith(`.${first}`);
}

/** What kind of site a host is, by `referrer-sites.ts`; a referral when it is none of them. Remembers the last hosts. */
export const mediumOfHost = cached(CACHED_HOSTS, findMedium);

function findMedium(host: string): Medium {
  const labels = host.split('.');
  for (let i = 0; i < labels.length; i++) {
    const found = SITES.get(labels.slice(i).join('.')) ?? mediumOfBrand(labels, i);
    if (found !== undefined) return found;
  }
  return /^(web)?mail\./.test(host) ? 'email' : 'referral';
}

/** `google` of `www.google.co.uk`, `mail.yahoo` of `us.mail.yahoo.com`. */
function mediumOfBrand(labels: readonly string[], i: number): Medium | undefined {
  for (const length of [2, 1]) {
    const ending = labels.slice(i + length);
    const isEnding = ending.length === 1 || (ending.length === 2 && SECOND_LEVELS.has(ending[0]!) && ending[1]!.length === 2);
    const found = isEnding ? SITES.get(labels.slice(i, i + length).join('.')) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The UTM parameters of a query (`?…`), and what the click ids in it stand for; null when it has neither. */
export function readQuery(query: string): { readonly campaign: Campaign; readonly clickMedium: Medium } | null {
  if (!MARKED_QUERY.test(query)) return null;
  const parameters = new URLSearchParams(query);
  const utm = (name: string) => (parameters.get(`utm_${name}`) ?? '').slice(0, MAX_TEXT);
  const campaign = { source: utm('source'), medium: utm('medium'), name: utm('campaign'), term: utm('term'), content: utm('content') };
  const clicks = [...parameters.keys()].map((name) => CLICK_IDS.get(name));
  return { campaign, clickMedium: clicks.includes('paid') ? 'paid' : clicks.includes('social') ? 'social' : '' };
}

/** What `utm_medium` stands for; '' when it is a name of the sender's own. */
export function mediumOfCampaign(medium: string): Medium {
  const text = medium.toLowerCase();
  return CAMPAIGN_MEDIA.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}

function withoutWww(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host;
}
