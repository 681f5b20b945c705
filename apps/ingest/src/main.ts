import 'reflect-metadata';
import { runService } from '@tradewind/runtime';
import { ingest } from './app.module';

void runService(ingest);
