"""scikit-learn's HistGradientBoosting on the folds that `tradewind evaluate propensity --reference` hands over: JSON on stdin and stdout."""
import json, sys, time
import numpy as np, sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

ask = json.load(sys.stdin)
x = np.fromfile(ask["rowsFile"], dtype=np.float32).reshape(-1, len(ask["categorical"]))
y, fold = np.array(ask["labels"]), np.array(ask["fold"])
probability = np.zeros(len(y), dtype=np.float64)
auc, loss, before = [], [], time.perf_counter()
for held in range(fold.max() + 1):
    model = HistGradientBoostingClassifier(categorical_features=ask["categorical"], random_state=ask["seed"])
    model.fit(x[fold != held], y[fold != held])
    own = model.predict_proba(x[fold == held])[:, 1]
    probability[fold == held] = own
    auc.append(roc_auc_score(y[fold == held], own))
    loss.append(log_loss(y[fold == held], own))
milliseconds = (time.perf_counter() - before) * 1000
json.dump(
    {
        "version": sklearn.__version__,
        "auc": float(np.mean(auc)),
        "logLoss": float(np.mean(loss)),
        "probabilities": probability.tolist(),
        "fitMs": milliseconds,
    },
    sys.stdout,
)
