"""Reads what the adapter wrote, with Google's own Python client, and prints it as one JSON document."""

import json
import sys

from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

host, project, dataset = sys.argv[1:4]
client = bigquery.Client(
    project=project,
    credentials=AnonymousCredentials(),
    client_options=ClientOptions(api_endpoint=f"http://{host}"),
    location="US",
)
table = client.get_table(f"{project}.{dataset}.scores")
parameters = [bigquery.ScalarQueryParameter("day", "DATE", "2024-01-10")]
rows = client.query(
    f"SELECT * FROM {dataset}.scores WHERE game_date = @day ORDER BY player",
    job_config=bigquery.QueryJobConfig(query_parameters=parameters),
).result()
print(
    json.dumps(
        {
            "tables": sorted(item.table_id for item in client.list_tables(dataset)),
            "columns": [[field.name, field.field_type] for field in table.schema],
            "rows": [dict(row.items()) for row in rows],
            "listed": sorted(row["player"] for row in client.list_rows(table)),
        },
        default=str,
    )
)
