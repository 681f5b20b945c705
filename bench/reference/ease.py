"""EASE (Steck 2019) in numpy on the split that `tradewind evaluate recommender --reference` hands over: JSON on stdin and stdout."""
import json, sys, time
import numpy as np

ask = json.load(sys.stdin)
n = ask["items"]


def dense(part):
    offsets, items = (np.fromfile(ask[part][key], dtype=np.int32) for key in ("offsets", "items"))
    x = np.zeros((len(offsets) - 1, n))
    x[np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)), items] = 1
    return x


x, given, asked = dense("train"), dense("given"), dense("asked")
before = time.perf_counter()
gram = x.T @ x
gram[np.diag_indices(n)] += ask["lambda"]
p = np.linalg.inv(gram)
b = p / -np.diag(p)
b[np.diag_indices(n)] = 0
milliseconds = (time.perf_counter() - before) * 1000

scores = given @ b
scores[given > 0] = -np.inf
order = np.argsort(-scores, axis=1, kind="stable")[:, :100]
hits = np.take_along_axis(asked, order, axis=1)
size = asked.sum(axis=1)
discounts = 1 / np.log2(np.arange(2, 102))


def ndcg(k):
    ideal = np.array([discounts[: int(min(k, s))].sum() for s in size])
    return float(((hits[:, :k] * discounts[:k]).sum(axis=1) / ideal).mean())


def recall(k):
    return float((hits[:, :k].sum(axis=1) / np.minimum(k, size)).mean())


json.dump(
    {
        "version": f"numpy {np.__version__}",
        "truncatedRecall20": recall(20),
        "truncatedRecall50": recall(50),
        "ndcg10": ndcg(10),
        "ndcg20": ndcg(20),
        "ndcg100": ndcg(100),
        "fitMs": milliseconds,
    },
    sys.stdout,
)
