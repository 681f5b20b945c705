import { learnClusters, type ClusterTask, type LearnedClusters } from './learn-clusters';
import { learnPredictions, type LearnedPredictions, type PredictionTask } from './learn-predictions';
import { learnRanker, type LearnedRanker, type RankerTask } from './learn-ranker';

/** What to learn; plain data and typed arrays only, so that it can go to another thread. */
export type Task =
  | ({ readonly kind: 'clusters' } & ClusterTask)
  | ({ readonly kind: 'ranker' } & RankerTask)
  | ({ readonly kind: 'predictions' } & PredictionTask);
export type Learned<T extends Task> = T extends { kind: 'clusters' }
  ? LearnedClusters
  : T extends { kind: 'ranker' }
    ? LearnedRanker
    : LearnedPredictions;

/** Pure and synchronous: minutes on large tasks, so call it through a `Learner`. @param onProgress share done, 0–1 */
export function learn<T extends Task>(task: T, onProgress?: (done: number) => void): Learned<T> {
  return (
    task.kind === 'clusters'
      ? learnClusters(task)
      : task.kind === 'ranker'
        ? learnRanker(task, onProgress)
        : learnPredictions(task, onProgress)
  ) as Learned<T>;
}

/** Where learning runs. */
export type Learner = <T extends Task>(task: T, onProgress?: (done: number) => void) => Promise<Learned<T>>;
