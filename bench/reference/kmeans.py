"""scikit-learn on the rows that `tradewind evaluate segmentation --reference` hands over: JSON on stdin, JSON on stdout."""
import json, sys, time
import numpy as np, sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans

ask = json.load(sys.stdin)
rows = np.fromfile(ask["rowsFile"], dtype=np.float32).reshape(-1, ask["columns"])
start = np.array(ask["start"], dtype=np.float64).reshape(ask["k"], -1)
k, seed = ask["k"], ask["seed"]


def timed(fit):
    before = time.perf_counter()
    result = fit()
    return result, (time.perf_counter() - before) * 1000


# float64, as our sums are; scikit-learn computes in the type of its input.
wide = rows.astype(np.float64)
same = KMeans(k, init=start, n_init=1, max_iter=300, tol=0, algorithm="lloyd").fit(wide)
best, best_ms = timed(lambda: KMeans(k, n_init=10, random_state=seed).fit(wide))
mini, mini_ms = timed(lambda: MiniBatchKMeans(k, n_init=3, batch_size=1024, random_state=seed).fit(rows))
_, predict_ms = timed(lambda: best.predict(wide))
same.labels_.astype(np.int32).tofile(ask["labelsFile"])
json.dump(
    {
        "version": sklearn.__version__,
        "centroids": same.cluster_centers_.ravel().tolist(),
        "bestOf10Inertia": float(best.inertia_),
        "bestOf10Ms": best_ms,
        "miniBatchMs": mini_ms,
        "miniBatchInertia": float(mini.inertia_),
        "assignRowsPerSecond": len(rows) / (predict_ms / 1000),
    },
    sys.stdout,
)
