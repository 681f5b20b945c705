import type { Enrichment, Event } from '@tradewind/contracts';
import { isObject, type RawEvent } from '../judge';
import type { RequestFacts } from '../stages';
import { createAddressSet, plainAddress } from './addresses';
import { createAgentReader, isBrowserAgent, type Agent } from './agents';
import { openGeoFile, type FindPlace } from './geo';
import { NO_CAMPAIGN, hostOf, isSameSite, mediumOfCampaign, mediumOfHost, readQuery, type Campaign, type Medium } from './referrers';

/** What is learnt about an event from the request and its context; null when nothing is. Sees the full address. Pure, never throws. */
export type Enrich = (event: Event, raw: RawEvent, facts: RequestFacts) => Enrichment | null;

export interface EnricherOptions {
  /** Remembers user agents; share one between sources. @default one of its own */
  readonly readAgent?: ((userAgent: string) => Agent) | undefined;
  /** @default no places */
  readonly geo?: FindPlace | undefined;
  /** Address ranges of the source's own people. @default none */
  readonly internalCidrs?: readonly string[] | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const EMPTY: Json = {};
const NO_AGENT: Agent = { browser: '', os: '', device: '', bot: false };
const MAX_TEXT = 255;

/**
 * The user agent and the address are those of the person: from the event's context when it has them, else from the request when a page sent
 * it. What a server's SDK sends beside a visitor's event (its own agent and address) says nothing about the visitor.
 */
export function createEnricher({ readAgent = createAgentReader(), geo, internalCidrs = [] }: EnricherOptions): Enrich {
  const isInternal = internalCidrs.length === 0 ? null : createAddressSet(internalCidrs);

  return function enrich(_event, raw, facts) {
    const context = isObject(raw.value) && isObject(raw.value['context']) ? raw.value['context'] : EMPTY;
    const isFromPage = isBrowserAgent(facts.userAgent);
    const userAgent = text(context['userAgent'], Infinity) || (isFromPage ? facts.userAgent : '');
    const agent = userAgent === '' ? agentOfDevice(context) : readAgent(userAgent);
    const address = isInternal || geo ? addressOf(context, facts, isFromPage) : '';
    const arrival = readArrival(context);
    const internal = address !== '' && isInternal !== null && isInternal(address);
    const place = address === '' ? undefined : geo?.(address);
    const knowsPlace = place !== undefined && place.country !== '';
    if (agent === NO_AGENT && arrival === null && !internal && !knowsPlace) return null;
    const { referrerHost, medium, campaign } = arrival ?? NO_ARRIVAL;
    return {
      browser: agent.browser,
      os: agent.os,
      device: agent.device,
      country: place?.country ?? '',
      region: place?.region ?? '',
      city: place?.city ?? '',
      referrerHost,
      medium,
      campaignSource: campaign.source,
      campaignMedium: campaign.medium,
      campaignName: campaign.name,
      campaignTerm: campaign.term,
      campaignContent: campaign.content,
      bot: agent.bot,
      internal,
    };
  };
}

/** Apps tell their system instead of a user agent. */
function agentOfDevice(context: Json): Agent {
  const os = isObject(context['os']) ? text(context['os']['name']) : '';
  if (os === '') return NO_AGENT;
  const device = isObject(context['device']) ? context['device'] : EMPTY;
  const isTablet = /ipad|tablet/i.test(`${text(device['model'])} ${text(device['type'])}`);
  const isMobile = /^(ios|android|ipados)$/i.test(os);
  return { browser: '', os, device: isTablet ? 'tablet' : isMobile ? 'mobile' : 'other', bot: false };
}

function addressOf(context: Json, facts: RequestFacts, isFromPage: boolean): string {
  const given = plainAddress(text(context['ip']));
  if (given !== '') return given;
  return isFromPage || isObject(context['device']) ? plainAddress(facts.ip) : '';
}

interface Arrival {
  readonly referrerHost: string;
  readonly medium: Medium;
  readonly campaign: Campaign;
}

const NO_ARRIVAL: Arrival = { referrerHost: '', medium: '', campaign: NO_CAMPAIGN };

/** How the person came to the page; null when the event does not tell. */
function readArrival(context: Json): Arrival | null {
  const page = isObject(context['page']) ? context['page'] : EMPTY;
  const url = text(page['url'], 4_096);
  const queryAt = url.indexOf('?');
  const query = readQuery(queryAt < 0 ? text(page['search'], 4_096) : url.slice(queryAt));
  const campaign = isObject(context['campaign']) ? readCampaign(context['campaign']) : (query?.campaign ?? NO_CAMPAIGN);
  const referrer = page['referrer'];
  const host = typeof referrer === 'string' ? hostOf(referrer) : '';
  const referrerHost = host === '' || isSameSite(host, hostOf(url)) ? '' : host;
  const hasCampaign = campaign !== NO_CAMPAIGN && Object.values(campaign).some((value) => value !== '');
  const isDirect = referrer === '' && !hasCampaign;
  const medium = mediumOf(campaign, query?.clickMedium ?? '', referrerHost) || (isDirect ? 'direct' : '');
  return hasCampaign || referrerHost !== '' || medium !== '' ? { referrerHost, medium, campaign } : null;
}

/** Paid clicks and campaigns say how somebody came before the referrer does. */
function mediumOf(campaign: Campaign, clickMedium: Medium, referrerHost: string): Medium {
  if (clickMedium === 'paid') return 'paid';
  return mediumOfCampaign(campaign.medium) || clickMedium || (referrerHost === '' ? '' : mediumOfHost(referrerHost));
}

/** @see https://segment.com/docs/connections/spec/common/#context, campaign */
function readCampaign(campaign: Json): Campaign {
  return {
    source: text(campaign['source']),
    medium: text(campaign['medium']),
    name: text(campaign['name']),
    term: text(campaign['term']),
    content: text(campaign['content']),
  };
}

function text(value: unknown, maxLength = MAX_TEXT): string {
  if (typeof value !== 'string') return '';
  return value.length > maxLength ? value.slice(0, maxLength) : value;
}

/**
 * Enrichers of sources that share what they remember of user agents and places.
 * @param geoFile see `openGeoFile` @throws CONFIG_INVALID
 */
export function createEnrichers(
  geoFile: string | undefined,
): (settings: { readonly internal?: { readonly cidrs: readonly string[] } | undefined }) => Enrich {
  const geo = geoFile === undefined ? undefined : openGeoFile(geoFile);
  const readAgent = createAgentReader();
  return ({ internal }) => createEnricher({ readAgent, geo, internalCidrs: internal?.cidrs });
}
