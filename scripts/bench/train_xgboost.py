"""Trains XGBoost on rows of files, once for each line of JSON on stdin, and answers with one line of JSON each."""

import json
import resource
import sys
import time

import numpy as np
import xgboost


def rows_of(folder, name, rows, features):
    values = np.fromfile(f"{folder}/{name}.features", "<f4").reshape(features, rows).T
    return np.ascontiguousarray(values), np.fromfile(f"{folder}/{name}.target", "<f4")


for line in sys.stdin:
    request = json.loads(line)
    folder, features = request["folder"], request["features"]
    values, target = rows_of(folder, "train", request["train"], features)
    other, answers = rows_of(folder, "test", request["test"], features)
    began = time.perf_counter()
    data = xgboost.QuantileDMatrix(values, target, nthread=request["parameters"]["nthread"])
    booster = xgboost.train(request["parameters"], data, request["trees"])
    seconds = time.perf_counter() - began
    errors = np.abs(booster.predict(xgboost.DMatrix(other)) - answers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mae": float(errors.mean()), "peakMiB": peak}), flush=True)
