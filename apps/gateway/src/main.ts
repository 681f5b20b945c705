import 'reflect-metadata';
import { runService } from '@tradewind/runtime';
import { gateway } from './app.module';

void runService(gateway);
