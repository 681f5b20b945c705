import 'reflect-metadata';
import { runService } from '@tradewind/runtime';
import { segmentation } from './app.module';

void runService(segmentation);
