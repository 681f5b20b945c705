import type { MetricName } from '@tradewind/learning';

/** Figures printed in a repository or paper, for the same cases or, where the split is not public, the same protocol. */
export interface PublishedFigures {
  readonly source: string;
  readonly models: Readonly<Record<string, Readonly<Partial<Record<MetricName, number>>>>>;
}

const hrNdcg10 = (hr10: number, ndcg10: number) => ({ hr10, ndcg10 });
const hrMrr20 = (hr20: number, mrr20: number) => ({ hr20, mrr20 });

/** By the names of `--beside`. */
export const PUBLISHED: Readonly<Record<string, PublishedFigures>> = {
  'ml-1m': {
    source: 'leave-one-out, all items ranked: asash/gSASRec-pytorch, antklen/sasrec-bert4rec-recsys23, blondered/transformer_benchmark',
    models: {
      'SASRec (gSASRec repo)': hrNdcg10(0.2392, 0.1259),
      'SASRec (antklen)': hrNdcg10(0.25, 0.1341),
      BERT4Rec: hrNdcg10(0.2843, 0.1537),
      'SASRec + sampled softmax': hrNdcg10(0.2929, 0.1684),
      gSASRec: hrNdcg10(0.3003, 0.1726),
      eSASRec: hrNdcg10(0.3133, 0.1772),
      'SASRec + full cross-entropy': hrNdcg10(0.3152, 0.1821),
    },
  },
  'yoochoose-1-64': {
    source: 'rn5l/session-rec, single split of Yoochoose 1/64; SR-GNN as its paper gives it for these test cases',
    models: {
      GRU4Rec: hrMrr20(0.6528, 0.2752),
      SR: hrMrr20(0.6674, 0.3033),
      VSKNN: hrMrr20(0.6961, 0.2879),
      NARM: hrMrr20(0.6998, 0.2957),
      'SR-GNN': hrMrr20(0.7057, 0.3094),
    },
  },
};
