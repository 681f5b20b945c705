import type { Filter, ItemFilter, ItemsFilter } from '../language/rule';
import type { EventReader, PropertyPaths } from './event-reader';
import { toTest } from './predicate';

export type EventTest = (reader: EventReader) => boolean;

/** All of the filters; `null` when there is none. */
export function toEventTest(filters: readonly Filter[] | undefined, paths: PropertyPaths): EventTest | null {
  if (filters === undefined || filters.length === 0) return null;
  const tests = filters.map((filter) => toFilterTest(filter, paths));
  return tests.length === 1 ? tests[0]! : (reader) => tests.every((test) => test(reader));
}

function toFilterTest(filter: Filter, paths: PropertyPaths): EventTest {
  if ('and' in filter) return toEventTest(filter.and, paths)!;
  if ('or' in filter) {
    const tests = filter.or.map((child) => toFilterTest(child, paths));
    return (reader) => tests.some((test) => test(reader));
  }
  if ('not' in filter) {
    const test = toFilterTest(filter.not, paths);
    return (reader) => !test(reader);
  }
  if ('items' in filter) return toItemsTest(filter);
  const test = toTest(filter); // filters never look at the clock
  if ('field' in filter) return (reader) => test(reader.field(filter.field), 0);
  const path = paths.get(filter.property);
  return (reader) => test(path.of(reader), 0);
}

function toItemsTest({ items: which, where }: ItemsFilter): EventTest {
  const tests = where.map((filter: ItemFilter) => ({ field: filter.field, test: toTest(filter) }));
  return ({ event: { items } }) => {
    if (items.length === 0) return false;
    const fits = (item: (typeof items)[number]) => tests.every(({ field, test }) => test(item[field], 0));
    return which === 'any' ? items.some(fits) : items.every(fits);
  };
}
