"""Writes kmeans.golden.json: what scikit-learn 1.2.1 makes of rows that kmeans.spec.ts makes again, bit for bit.

Run once, with scikit-learn==1.2.1 and numpy<2:  python kmeans_golden.py > kmeans.golden.json
Rows: an LCG (Numerical Recipes: 1664525 x + 1013904223 mod 2^32) gives u in [0, 1); a value is its blob's centre plus
(sum of 4 u - 2), all exact in float64, then rounded to float32.
"""
import json
import sys

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, davies_bouldin_score, silhouette_score

ROWS, COLUMNS, K = 100_000, 12, 8
state = 7


def uniform():
    global state
    state = (1664525 * state + 1013904223) % 2**32
    return state / 2**32


centres = [[4 * uniform() for _ in range(COLUMNS)] for _ in range(K)]
rows = np.empty((ROWS, COLUMNS), np.float32)
truth = np.empty(ROWS, np.int32)
for r in range(ROWS):
    truth[r] = int(uniform() * K)
    for c in range(COLUMNS):
        rows[r, c] = centres[truth[r]][c] + (uniform() + uniform() + uniform() + uniform() - 2)

x = rows.astype(np.float64)
fit = KMeans(K, init=x[:K], n_init=1, tol=0, max_iter=300, algorithm="lloyd").fit(x)
checksum = 2166136261
for label in fit.labels_:
    checksum = ((checksum ^ int(label)) * 16777619) % 2**32
head = slice(0, 2000)
json.dump(
    {
        "rows": ROWS,
        "columns": COLUMNS,
        "k": K,
        "centroids": [[round(float(v), 7) for v in c] for c in fit.cluster_centers_],
        "sizes": np.bincount(fit.labels_).tolist(),
        "labelChecksum": checksum,
        "inertia": float(fit.inertia_),
        "adjustedRandIndex": float(adjusted_rand_score(truth, fit.labels_)),
        "daviesBouldin": float(davies_bouldin_score(x, fit.labels_)),
        "silhouetteOfFirst2000": float(silhouette_score(x[head], fit.labels_[head])),
    },
    sys.stdout,
    indent=1,
)
