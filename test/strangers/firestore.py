"""Reads the documents of a pipeline with Google's own Python client, as somebody would who has never seen this project.

Arguments: project, date. Prints one JSON document. The emulator's address is in FIRESTORE_EMULATOR_HOST.
"""

import json
import sys

from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

project, date = sys.argv[1:]
db = firestore.Client(project=project, credentials=AnonymousCredentials())

completions = {
    snapshot.id: snapshot.to_dict()
    for snapshot in db.collection("phase3_completion").order_by("date").stream()
}
settled = db.collection("runs").where(filter=FieldFilter("state", "==", "settled"))
expiring = [snapshot.to_dict().get("expireAt") for snapshot in settled.stream()]

print(
    json.dumps(
        {
            "completion": db.collection("phase3_completion").document(date).get().to_dict(),
            "dates": list(completions),
            "rows": sum(
                table["rows"]
                for document in completions.values()
                for table in document["tables"].values()
            ),
            "season": db.document("table_seasons/player_game_summary_2023-24").get().to_dict(),
            "settledRuns": settled.count().get()[0][0].value,
            "expiries": sorted(at.isoformat() for at in expiring if at is not None),
        }
    )
)
