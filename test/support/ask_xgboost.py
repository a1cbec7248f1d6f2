"""Answers about XGBoost, one line of JSON for each line of JSON that it is asked."""

import json
import sys

import numpy as np
import xgboost

THREADS = 2


def matrix_of(folder, rows, features):
    values = np.fromfile(f"{folder}/features.bin", "<f4").reshape(features, rows).T
    return np.ascontiguousarray(values)


def numbers(values):
    return [float(value) for value in np.asarray(values, "<f4").ravel()]


def answer(request):
    values = matrix_of(request["folder"], request["rows"], len(request["names"]))
    data = xgboost.DMatrix(values, feature_names=request["names"], nthread=THREADS)
    if request["op"] == "train":
        data.set_label(np.fromfile(f"{request['folder']}/target.bin", "<f4"))
        parameters = {"tree_method": "hist", "nthread": THREADS, **request["parameters"]}
        booster = xgboost.train(parameters, data, request["trees"])
        booster.save_model(request["model"])
    else:
        booster = xgboost.Booster(model_file=request["model"])
    asked = data if "head" not in request else data.slice(list(range(request["head"])))
    answered = {"predictions": numbers(booster.predict(data))}
    if "head" in request:
        answered["contributions"] = numbers(booster.predict(asked, pred_contribs=True))
    answered["gain"] = booster.get_score(importance_type="gain")
    answered["weight"] = booster.get_score(importance_type="weight")
    return answered


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
