import { isObject } from '../judge';
import type { SourceSettings } from '../source-settings';

/** Without it nothing is collected. */
export const ANALYTICS = 'analytics';
const STANDARD_PURPOSES = [ANALYTICS, 'personalization', 'advertising'];

/** The calls by which the SDKs of Segment and RudderStack put a choice on record; kept whatever the choice is. */
const CONSENT_EVENTS: readonly unknown[] = ['Segment Consent Preference Updated', 'Consent Management Interaction'];

/** The purposes that a person refused, sorted; [] when none. `context` is the event's, whatever JSON it is. Pure. */
export type DeniedPurposes = (context: unknown, gpc: boolean) => string[];

const NONE: string[] = [];

/** True for the name of a track call that carries the choice itself. */
export function isConsentEvent(name: unknown): boolean {
  return CONSENT_EVENTS.includes(name);
}

/** What a person said, by purpose. */
interface Choice {
  readonly granted: readonly string[];
  readonly refused: string[];
}

/**
 * Reads consent as the clients send it: Segment's `context.consent.categoryPreferences` and RudderStack's `context.consentManagement`. A
 * category stands for the purpose that the settings map it to, else for its own name in lower case. No object means no wish, unless consent
 * is required: then a purpose is refused that is not granted. An empty object refuses everything. A purpose of several categories needs all.
 * @see https://www.twilio.com/docs/segment/privacy/consent-management/consent-in-segment-connections
 */
export function createConsentReader({ required, categories, gpcDenies }: SourceSettings['consent']): DeniedPurposes {
  const purposes = [...new Set([...STANDARD_PURPOSES, ...Object.values(categories)])].sort();
  const mapped = new Map(Object.entries(categories));
  const purposesOf = (names: readonly string[]): string[] => names.map((name) => mapped.get(name) ?? name.toLowerCase());

  return function deniedPurposes(context, gpc) {
    const told = isObject(context) ? context : undefined;
    const consent = isObject(told?.['consent']) ? told['consent'] : undefined;
    const denied = deniedBy(readSegment(consent) ?? readRudder(told?.['consentManagement']));
    const isGlobal = gpc || isTrue(told?.['gpc']) || isTrue(consent?.['gpc']);
    return isGlobal && gpcDenies.length > 0 ? union(denied, gpcDenies) : denied;
  };

  function deniedBy(choice: Choice | undefined): string[] {
    if (!required) return choice?.refused ?? NONE;
    const missing = purposes.filter((purpose) => !choice?.granted.includes(purpose));
    return union(missing, choice?.refused ?? NONE);
  }

  function readSegment(consent: Record<string, unknown> | undefined): Choice | undefined {
    const preferences = consent?.['categoryPreferences'];
    if (!isObject(preferences)) return undefined;
    const entries = Object.entries(preferences);
    if (entries.length === 0) return { granted: NONE, refused: purposes };
    const named = (isGranted: boolean) => purposesOf(entries.flatMap(([name, value]) => ((value === true) === isGranted ? name : [])));
    return { granted: named(true), refused: union(named(false), NONE) };
  }

  /** Ids that are neither allowed nor denied say nothing. With the strategy "or" one allowed id is enough for its purpose. */
  function readRudder(management: unknown): Choice | undefined {
    if (!isObject(management)) return undefined;
    const granted = purposesOf(textsOf(management['allowedConsentIds']));
    const refused = union(purposesOf(textsOf(management['deniedConsentIds'])), NONE);
    const isAny = management['resolutionStrategy'] === 'or';
    return { granted, refused: isAny ? refused.filter((purpose) => !granted.includes(purpose)) : refused };
  }
}

/** Sorted, each once. */
function union(a: readonly string[], b: readonly string[]): string[] {
  return a.length + b.length === 0 ? NONE : [...new Set([...a, ...b])].sort();
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === '1';
}

/** The texts of a list, or of an object's values, as some versions of the SDK send. */
function textsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((each): each is string => typeof each === 'string');
}
