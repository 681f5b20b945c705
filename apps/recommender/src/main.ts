import 'reflect-metadata';
import { runService } from '@tradewind/runtime';
import { recommender } from './app.module';

void runService(recommender);
