import 'reflect-metadata';
import { runService } from '@tradewind/runtime';
import { trainer } from './app.module';

void runService(trainer);
