import type { Event } from '@tradewind/contracts';
import type { Rule } from '@tradewind/rules';
import { anEventRecord } from '@tradewind/testing';
import { RuleService, toRows, type World } from './rule-service';

/** The service, started again whenever it has died. */
export class MortalRun {
  readonly events: Event[] = [];
  rules: readonly Rule[] = [];
  private service: RuleService;
  private version = 1;

  constructor(readonly world: World) {
    this.service = new RuleService(world);
  }

  start(): Promise<void> {
    return this.service.start();
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  async publish(events: readonly Event[]): Promise<void> {
    this.events.push(...events);
    await this.world.log.publish(events.map(anEventRecord));
  }

  /** Other definitions are live from now on. */
  changeRules(rules: readonly Rule[]): Promise<void> {
    this.rules = rules;
    this.world.rows = toRows(rules, ++this.version);
    this.world.written.push(...this.world.rows);
    return this.unlessDead(() => this.service.segmentation.rules.settled());
  }

  /** Dies at the n-th write from now; when there are that many. */
  dieAfter(writes: number): Promise<void> {
    this.service.failAfter(writes);
    return this.settle();
  }

  settle(): Promise<void> {
    return this.unlessDead(() => this.service.settled());
  }

  /** Also when it dies of what is left of `dieAfter`. */
  async settledForGood(): Promise<void> {
    await this.settle();
    await this.settle();
  }

  async restart(): Promise<void> {
    await this.service.stop();
    this.service = new RuleService(this.world);
    await this.service.start();
  }

  private async unlessDead(work: () => Promise<void>): Promise<void> {
    const done = work().then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && /is dead|(was|were) stopped/.test(error.message)) return false;
        throw error;
      },
    );
    const alive = await Promise.race([done, this.service.failed.then(() => false)]);
    if (alive) return;
    done.catch(() => undefined);
    await this.restart();
  }
}
