import {
  alsScorer,
  fitImplicitAls,
  fitLinear,
  fitPopularity,
  fitSessionKnn,
  fitTransitions,
  gramMatrix,
  itemItemScorer,
  itemKnnFromGram,
  itemTextScorer,
  SESSION_KNN_PRESETS,
  toItemMatrix,
  type AlsOptions,
  type FadeOptions,
  type ItemItemMatrix,
  type ItemKnnOptions,
  type ItemTexts,
  type LinearOptions,
  type MatrixProducts,
  type RankingCases,
  type RecentOptions,
  type SequenceScorer,
  type Sequences,
  type SessionKnnOptions,
  type TransitionOptions,
} from '@tradewind/learning';
import { LINEAR_HYBRID } from './linear-hybrid';
import type { Protocol } from './protocols';
import { remember } from './remembered-fits';

export interface FitTools {
  readonly seed: number;
  readonly products: MatrixProducts;
  /** Cases that were held out of `train`, for models that stop by them; absent when settings are fixed already. */
  readonly validation?: RankingCases;
  readonly onProgress: (fraction: number) => void;
}

/** One model of the comparison. To add one, write its factory and name it in `factoriesFor`. */
export interface ModelFactory<S extends object = object> {
  readonly name: string;
  /** Whether it joins several kinds of evidence already: no single model that the learned hybrid is compared with. @default false */
  readonly isHybrid?: boolean;
  readonly defaults: S;
  /** Tried one stage after the other on the validation cases, each change with the best of those before. */
  readonly stages: readonly (readonly Partial<S>[])[];
  fit(train: Sequences, settings: S, tools: FitTools): Promise<SequenceScorer>;
  /** Frees what the scorer holds outside of JavaScript's memory. */
  release?(scorer: SequenceScorer): Promise<void>;
}

/** A matrix of all pairs of items is kept up to here (1.6 GB in float32). */
const MAX_PAIRED_ITEMS = 20_000;
/** Gram matrices in float64 beside it. */
const MAX_GRAM_ITEMS = 12_000;

export interface FactoryOptions {
  /** Whether the events' own weights say something. @default false */
  readonly weighted?: boolean;
  /** Words of the items, in the order of their numbers. */
  readonly texts?: ItemTexts;
}

/** The models that a protocol compares, the simplest first. */
export function factoriesFor(protocol: Protocol, { weighted = false, texts }: FactoryOptions = {}): ModelFactory[] {
  const items = protocol.test.train.itemCount;
  const pairs = items <= MAX_PAIRED_ITEMS;
  const withGram = items <= MAX_GRAM_ITEMS;
  switch (protocol.name) {
    case 'leave-one-out':
      return compact([
        POPULARITY,
        withGram && ITEM_KNN,
        pairs && ease(FADES),
        ALS,
        TRANSITIONS,
        LONG_STAN,
        pairs && linearSequence(LONG_STAGES),
      ]);
    case 'strong-generalization':
      return compact([POPULARITY, withGram && ITEM_KNN, pairs && ease([]), pairs && EDLAE, ALS]);
    case 'time':
      return compact([
        POPULARITY,
        withGram && ITEM_KNN,
        pairs && ease(FADES),
        pairs && weighted && EASE_WEIGHTED,
        ALS,
        TRANSITIONS,
        LONG_STAN,
        pairs && define(LINEAR_HYBRID),
        texts !== undefined && content(texts),
      ]);
    case 'session':
      return compact([POPULARITY, TRANSITIONS, VSKNN, STAN, VSTAN, pairs && linearSequence(SESSION_STAGES)]);
    case 'fixed':
      return protocol.test.cases.excludeHistory
        ? compact([POPULARITY, withGram && ITEM_KNN, pairs && ease([]), pairs && EDLAE, ALS])
        : compact([POPULARITY, TRANSITIONS, VSKNN, STAN, VSTAN, pairs && linearSequence(SESSION_STAGES)]);
  }
}

function compact(list: readonly (ModelFactory | false)[]): ModelFactory[] {
  return list.filter((factory) => factory !== false);
}

/** `stages` are checked against the settings of the model. */
function define<S extends object>(factory: ModelFactory<S>): ModelFactory {
  return factory as unknown as ModelFactory;
}

const POPULARITY = define<RecentOptions>({
  name: 'popularity',
  defaults: {},
  stages: [[0.3, 0.1, 0.03, 0.01].map((fadeAge) => ({ fadeAge }))],
  fit: (train, settings) => Promise.resolve(fitPopularity(train, settings)),
});

const ITEM_KNN = define<ItemKnnOptions & FadeOptions>({
  name: 'itemKnn',
  defaults: { neighbours: 200, shrinkage: 10, asymmetry: 0.5 },
  stages: [
    [{ neighbours: 50 }, { neighbours: 1000 }],
    [{ asymmetry: 0.3 }, { asymmetry: 0.7 }],
    [{ fadeSteps: 10 }, { fadeSteps: 30 }],
  ],
  fit: (train, { fadeSteps, ...settings }) => {
    const gram = remember(train, 'gram', () => Promise.resolve(gramMatrix(toItemMatrix(train))));
    return gram.then((g) => itemItemScorer(itemKnnFromGram(g, train.itemCount, settings), { fadeSteps }));
  },
});

type LinearSettings = Omit<LinearOptions, 'products' | 'onProgress'> & {
  /** Of the history in scoring; `fadeSteps` of the training part is `trainFade`. */
  readonly historyFade?: number;
};

const FADES = [[3, 10, 30, 100].map((historyFade) => ({ historyFade }))];

function ease(fades: readonly (readonly Partial<LinearSettings>[])[]): ModelFactory {
  return define<LinearSettings>({
    name: 'ease',
    defaults: { lambda: 300, ...fades[0]?.[1] },
    stages: [[{ lambda: 100 }, { lambda: 1000 }], ...fades],
    fit: fitLinearModel,
  });
}

const EASE_WEIGHTED = define<LinearSettings>({
  name: 'easeWeighted',
  defaults: { lambda: 300, weighted: true },
  stages: [[{ lambda: 30 }, { lambda: 100 }, { lambda: 1000 }], ...FADES],
  fit: fitLinearModel,
});

function content(texts: ItemTexts): ModelFactory {
  return define<FadeOptions>({
    name: 'content',
    defaults: {},
    stages: FADES.map((changes) => changes.map(({ historyFade }) => ({ fadeSteps: historyFade }))),
    fit: (_, settings) => Promise.resolve(itemTextScorer(texts, settings)),
  });
}

const EDLAE = define<LinearSettings>({
  name: 'edlae',
  defaults: { lambda: 300, dropout: 0.3 },
  stages: [
    [{ dropout: 0.15 }, { dropout: 0.5 }],
    [{ lambda: 30 }, { lambda: 100 }],
  ],
  fit: fitLinearModel,
});

const SESSION_STAGES: readonly (readonly Partial<LinearSettings>[])[] = [
  [{ together: 0.5 }, { together: 0 }],
  [{ historyFade: 2 }],
  [{ lambda: 30 }],
  [{ fadeAge: 0.5 }],
];

const LONG_STAGES: readonly (readonly Partial<LinearSettings>[])[] = [
  [{ together: 0.05 }, { together: 0.5 }],
  [{ fadeSteps: 1 }, { fadeSteps: 4 }],
  [{ historyFade: 10 }],
  [{ lambda: 30 }, { lambda: 300 }],
];

function linearSequence(stages: readonly (readonly Partial<LinearSettings>[])[]): ModelFactory {
  const isLong = stages === LONG_STAGES;
  return define<LinearSettings>({
    name: 'linearSequence',
    defaults: isLong
      ? { together: 0.2, fadeSteps: 2, historyFade: 5, lambda: 100 }
      : { together: 0.2, fadeSteps: 1, historyFade: 1, lambda: 10, selfLimit: Infinity },
    stages,
    fit: fitLinearModel,
  });
}

async function fitLinearModel(train: Sequences, settings: LinearSettings, { products, onProgress }: FitTools): Promise<SequenceScorer> {
  const { historyFade = Infinity, ...learned } = settings;
  const matrix = await remember<ItemItemMatrix>(train, `linear ${JSON.stringify(learned)}`, () =>
    fitLinear(train, { ...learned, products, onProgress }),
  );
  return itemItemScorer(matrix, { fadeSteps: historyFade, weighted: settings.weighted ?? false });
}

const ALS = define<Omit<AlsOptions, 'seed' | 'onProgress'>>({
  name: 'als',
  defaults: { dimensions: 64, regularisation: 0.003, unobservedWeight: 0.1, epochs: 12 },
  stages: [
    [{ unobservedWeight: 0.3 }, { unobservedWeight: 1 }],
    [{ regularisation: 0.001 }, { regularisation: 0.01 }],
    [{ dimensions: 128 }],
  ],
  fit: (train, settings, { seed, onProgress }) =>
    Promise.resolve(alsScorer(fitImplicitAls(toItemMatrix(train), { ...settings, seed, onProgress }))),
});

const TRANSITIONS = define<TransitionOptions>({
  name: 'transitions',
  defaults: { reach: 5, history: 3, fadeSteps: 0.7, backward: 0.5, shrinkage: 5, popularityPower: 0.1 },
  stages: [
    [{ history: 1 }, { history: 5, fadeSteps: 2 }],
    [{ reach: 15 }],
    [{ backward: 0.2 }],
    [{ shrinkage: 30 }],
    [{ popularityPower: 0.3 }],
  ],
  fit: (train, settings) => Promise.resolve(fitTransitions(train, settings)),
});

const KNN_STAGES: readonly (readonly Partial<SessionKnnOptions>[])[] = [
  [{ neighbours: 500 }],
  [{ fadeSteps: 1.5 }, { fadeSteps: 4 }],
  [{ fadeAge: 0.15 }],
  [{ fadeDistance: 1 }, { fadeDistance: 5 }],
  [{ before: 0.5 }],
  [{ repeat: 0.3 }],
  [{ lengthPower: 0.4 }],
];

/** As published; the size of the neighbourhood is every data set's own. */
const VSKNN = define<SessionKnnOptions>({
  name: 'vsknn',
  defaults: SESSION_KNN_PRESETS.vsknn,
  stages: [[{ neighbours: 500, sampleSize: 5000 }], [{ idf: 0 }, { idf: 3 }]],
  fit: (train, settings) => Promise.resolve(fitSessionKnn(train, settings)),
});

const STAN = define<SessionKnnOptions>({
  name: 'stan',
  defaults: { ...SESSION_KNN_PRESETS.stan, neighbours: 200, fadeSteps: 0.5, lengthPower: 0 },
  stages: KNN_STAGES,
  fit: (train, settings) => Promise.resolve(fitSessionKnn(train, settings)),
});

/** Whole histories as sessions: order says less, and moments of different users may not be comparable. */
const LONG_STAN = define<SessionKnnOptions>({
  name: 'stan',
  defaults: { neighbours: 500, sampleSize: 2500, fadeSteps: 10, fadeDistance: 20, lengthPower: 0.5, idf: 0.5 },
  stages: [
    [{ neighbours: 200 }],
    [{ fadeSteps: 3 }, { fadeSteps: 30 }],
    [{ fadeDistance: 5 }, { fadeDistance: 60 }],
    [{ before: 0.5 }],
    [{ idf: 1 }],
  ],
  fit: (train, settings) => Promise.resolve(fitSessionKnn(train, settings)),
});

const VSTAN = define<SessionKnnOptions>({
  name: 'vstan',
  defaults: { ...SESSION_KNN_PRESETS.vstan, fadeSteps: 0.5, fadeDistance: 4, fadeAnchor: Infinity, idf: 0.5, before: 0.6, lengthPower: 0 },
  stages: [...KNN_STAGES, [{ fadeAnchor: 2 }], [{ idf: 0 }, { idf: 1 }]],
  fit: (train, settings) => Promise.resolve(fitSessionKnn(train, settings)),
});
