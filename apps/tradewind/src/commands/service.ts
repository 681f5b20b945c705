import type { Command } from '../command';
import { UsageError } from '../command';

/** `tradewind service NAME`: one service in a process of its own, as on Kubernetes. */
export const serviceCommand: Command = {
  name: 'service',
  register(program) {
    program
      .command('service')
      .description('run one service in this process: ingest, segmentation, recommender, trainer or gateway')
      .argument('<name>')
      .action(async (name: string) => {
        const [{ runService }, { SERVICES }] = await Promise.all([import('@tradewind/runtime'), import('../services')]);
        const definition = SERVICES.find((service) => service.name === name);
        if (!definition) throw new UsageError('<name>', name, `choose ${SERVICES.map((service) => service.name).join(', ')}`);
        await runService(definition);
      });
  },
};
