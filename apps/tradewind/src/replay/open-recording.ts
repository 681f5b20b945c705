import { openMovieLens, openRetailRocket } from './interactions';
import { openNdjson } from './ndjson';
import { openOnlineRetail, type OnlineRetailOptions } from './online-retail';
import type { Recording } from './recording';

export const REPLAY_FORMATS = ['tradewind', 'online-retail', 'movielens', 'retailrocket'] as const;
export type ReplayFormat = (typeof REPLAY_FORMATS)[number];

/** Opens a data set (plain, `.gz` or `.br`). @throws FILE_INVALID when there is no such file */
export function openRecording(path: string, format: ReplayFormat, options: OnlineRetailOptions = {}): Recording {
  switch (format) {
    case 'tradewind':
      return openNdjson(path);
    case 'online-retail':
      return openOnlineRetail(path, options);
    case 'movielens':
      return openMovieLens(path);
    case 'retailrocket':
      return openRetailRocket(path);
  }
}
