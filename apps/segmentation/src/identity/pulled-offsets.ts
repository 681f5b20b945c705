import { createAttribute, createFeatureSet, createFeatureStore, type FeatureStore, type StateStore } from '@tradewind/feature-store';

/** How far the owner of an events partition has read the same partition of the topics it pulls. */
export interface PulledOffsets {
  /** Of identity links: everything below is in the aliases' records. */
  links: number;
  /** Of moved events: everything below is in the records of whom they belong to. */
  moved: number;
}

const OFFSETS = createAttribute<PulledOffsets>({
  name: 'pulled',
  tag: 1,
  initial: () => ({ links: 0, moved: 0 }),
  encode({ links, moved }, writer) {
    writer.varint(links);
    writer.varint(moved);
  },
  decode: (reader) => ({ links: reader.varint(), moved: reader.varint() }),
});
const SET = createFeatureSet([OFFSETS]);

/** Keeps the offsets in a record per partition. A record that is behind costs only that some is read again. */
export class PulledOffsetsStore {
  private readonly store: FeatureStore;

  constructor(state: StateStore) {
    this.store = createFeatureStore({ store: state, features: SET, prefix: 'segmentation-partition:pulled:', cacheEntries: 0 });
  }

  /** @throws STATE_UNAVAILABLE */
  async load(partition: number): Promise<PulledOffsets> {
    const stored = await this.store.get(String(partition));
    return stored?.of(OFFSETS) ?? { links: 0, moved: 0 };
  }

  /** @throws STATE_UNAVAILABLE */
  async save(partition: number, offsets: PulledOffsets): Promise<void> {
    const record = SET.create(String(partition));
    Object.assign(record.of(OFFSETS), offsets);
    await this.store.save([record]);
  }
}
