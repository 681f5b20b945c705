/** Runs `work` when asked; asked again while it runs, it runs once more afterwards. For work that always starts from the latest state. */
export class RepeatLatest {
  private running: Promise<void> | null = null;
  private again = false;
  private readonly ending = new AbortController();

  constructor(
    /** @param signal aborted by `stop`: the work may end early */
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  request(): void {
    if (this.ending.signal.aborted) return;
    this.again = true;
    this.running ??= this.loop();
  }

  /** Resolves when nothing is running and nothing was asked for. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  async stop(): Promise<void> {
    this.ending.abort();
    this.again = false;
    await this.idle();
  }

  private async loop(): Promise<void> {
    while (this.again) {
      this.again = false;
      try {
        await this.work(this.ending.signal);
      } catch (error) {
        this.onError(error);
      }
    }
    this.running = null;
  }
}
