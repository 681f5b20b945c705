import fc from 'fast-check';
import { Ledger, isWhole, type Arrival } from './ledger';

const arrival = (user: string, n: number, messageId = `${user}-${n}`): Arrival => ({ user, n, messageId });

function ledgerOf(counts: Record<string, number>, isOrdered = true): Ledger {
  const ledger = new Ledger();
  for (const [user, count] of Object.entries(counts)) {
    ledger.addUser(user, isOrdered);
    for (let i = 0; i < count; i++) ledger.settle(user, ledger.send(user), 'delivered');
  }
  return ledger;
}

describe('the ledger', () => {
  it('is whole when everything arrived, in order, however often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(29), { maxLength: 10 }), (count, repeats) => {
        const arrivals = Array.from({ length: count }, (_, i) => arrival('u', i + 1));
        // A repeat comes after its first time.
        for (const at of repeats) if (at < count) arrivals.splice(Math.min(arrivals.length, at + 3), 0, arrival('u', at + 1));
        const report = ledgerOf({ u: count }).compare(arrivals);
        expect(report).toMatchObject({ sent: count, delivered: count, onTopic: arrivals.length, repeats: arrivals.length - count });
        expect(report).toMatchObject({ lost: 0, doubled: 0, unknown: 0 });
      }),
    );
  });

  it('finds what is lost, doubled, unknown and out of order', () => {
    const of = (...arrivals: Arrival[]) => ledgerOf({ u: 3, v: 1 }).compare([arrival('v', 1), ...arrivals]);
    const [one, two, three] = [arrival('u', 1), arrival('u', 2), arrival('u', 3)];
    expect(isWhole(of(one, two, three))).toBe(true);
    expect(of(one, three)).toMatchObject({ lost: 1, disordered: 0 });
    expect(of(one, three, two)).toMatchObject({ lost: 0, disordered: 1 });
    expect(of(one, two, three, arrival('u', 2, 'another id'))).toMatchObject({ doubled: 1, repeats: 0, disordered: 1 });
    expect(of(one, two, three, arrival('u', 4))).toMatchObject({ unknown: 1 });
    expect(of(one, two, three, arrival('nobody', 1))).toMatchObject({ unknown: 1 });
    expect([of(one, three), of(one, three, two), of(one, two, three, arrival('u', 4))].map(isWhole)).toEqual([false, false, false]);
  });

  it('asks nothing of what a client dropped, and no order of a client that does not wait', () => {
    const ledger = new Ledger();
    ledger.addUser('u', true);
    for (const outcome of ['delivered', 'dropped', 'delivered'] as const) ledger.settle('u', ledger.send('u'), outcome);
    expect(ledger.compare([arrival('u', 1), arrival('u', 3), arrival('u', 2)])).toMatchObject({ dropped: 1, lost: 0, disordered: 0 });
    const report = ledgerOf({ free: 2 }, false).compare([arrival('free', 2), arrival('free', 1)]);
    expect(report).toMatchObject({ disordered: 0, disorderedFree: 1 });
    expect(isWhole(report)).toBe(true);
  });

  it('is not whole while an outcome is open, or when nothing was delivered', () => {
    const ledger = ledgerOf({ u: 1 });
    ledger.send('u');
    expect(isWhole(ledger.compare([arrival('u', 1)]))).toBe(false);
    expect(isWhole(new Ledger().compare([]))).toBe(false);
  });
});
