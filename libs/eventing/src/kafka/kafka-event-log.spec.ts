import { describeWith } from '@tradewind/testing';
import { describeEventLog } from '../event-log.contract';
import { KafkaEventLog } from './kafka-event-log';

describeWith('kafka', 'KafkaEventLog', (brokers) => {
  const open = () => new KafkaEventLog({ brokers: brokers.split(','), clientId: 'contract' });

  describeEventLog('KafkaEventLog', () => {
    let log = open();
    return Promise.resolve({
      log,
      reopen: async () => {
        await log.close();
        log = open();
        return log;
      },
      close: () => log.close(),
    });
  });
});
