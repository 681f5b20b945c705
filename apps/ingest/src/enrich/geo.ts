import { readFileSync } from 'node:fs';
import { AppError } from '@tradewind/contracts';
import { Reader, type CityResponse } from 'mmdb-lib';
import { isSpecialAddress } from './addresses';
import { cached } from './bounded-cache';

/** Where an address is registered; texts are '' when unknown. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** ISO 3166-2, e.g. `GB-ENG`. */
  readonly region: string;
  /** In English. */
  readonly city: string;
}

/** Looks up a plain address; addresses that are not of the public internet are nowhere. Never throws. */
export type FindPlace = (address: string) => Place;

const NOWHERE: Place = { country: '', region: '', city: '' };
const CACHED_ADDRESSES = 10_000;
/** One of each family, so that a file that is damaged is noticed before events come. */
const PROBES = ['8.8.8.8', '2001:4860:4860::8888'];

/**
 * Opens a local file of MaxMind's format (GeoLite2, GeoIP2 and DB-IP City or Country), which is read whole into memory.
 * @throws CONFIG_INVALID with the file and the remedy when it cannot be read or is no such file
 */
export function openGeoFile(file: string): FindPlace {
  const reader = readGeoFile(file);
  return cached(CACHED_ADDRESSES, (address) => (isSpecialAddress(address) ? NOWHERE : find(reader, address)));
}

function readGeoFile(file: string): Reader<CityResponse> {
  const remedy = 'name a City or Country file (.mmdb) of MaxMind or DB-IP, or unset INGEST_GEO_FILE';
  let reader: Reader<CityResponse>;
  try {
    reader = new Reader<CityResponse>(readFileSync(file));
    for (const probe of PROBES) if (reader.metadata.ipVersion === 6 || !probe.includes(':')) reader.get(probe);
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `INGEST_GEO_FILE "${file}" cannot be read: ${remedy}`, { cause });
  }
  const { databaseType } = reader.metadata;
  if (!/city|country|enterprise|location/i.test(databaseType))
    throw new AppError('CONFIG_INVALID', `INGEST_GEO_FILE "${file}" is of type "${databaseType}", which tells no places: ${remedy}`);
  return reader;
}

function find(reader: Reader<CityResponse>, address: string): Place {
  if (reader.metadata.ipVersion === 4 && address.includes(':')) return NOWHERE;
  const found = lookUp(reader, address);
  const country = found?.country?.iso_code ?? '';
  const region = found?.subdivisions?.[0]?.iso_code;
  return { country, region: country !== '' && region !== undefined ? `${country}-${region}` : '', city: found?.city?.names.en ?? '' };
}

/** A damaged record is nowhere: an address must not keep an event from being collected. */
function lookUp(reader: Reader<CityResponse>, address: string): CityResponse | null {
  try {
    return reader.get(address);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
