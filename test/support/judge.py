"""Google's reference implementation of GoogleSQL behind JSON lines.

One request a line on standard input, one answer a line on standard output:

  {"op": "catalog", "tables": [{"name", "columns": [[name, type]...], "rows": [[...]...]}...]} -> {"catalog": id}
  {"op": "forget", "catalog"}                                                                 -> {}
  {"op": "execute", "catalog", "sql", "parameters": [[name, type, value]...]}                 -> {"columns", "rows", "seconds"}
  {"op": "analyze", "sql", "tables", "parameters"}                                            -> {"statements", "tables"}

What GoogleSQL refuses is answered as {"error": its message}. Values: NULL null, INT64 a number (a string beyond 2^53),
FLOAT64 a number or "NaN", "Infinity", "-Infinity", DATE "YYYY-MM-DD", TIMESTAMP microseconds since 1970, BYTES base64.
"""

import base64
import ctypes
import datetime
import fcntl
import hashlib
import json
import math
import sys
import time
from importlib.metadata import version
from pathlib import Path

import wasmtime
from google._upb import _message
from google.protobuf import timestamp_pb2
from zetasql.core import wasm_client
from zetasql.core.exceptions import ServerError
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2 as proto_options
from zetasql.wasi._pb2.zetasql.proto import simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public_options
from zetasql.wasi._pb2.zetasql.public import parse_resume_location_pb2, simple_table_pb2, type_pb2, value_pb2

KINDS = {
    "STRING": type_pb2.TYPE_STRING,
    "INT64": type_pb2.TYPE_INT64,
    "FLOAT64": type_pb2.TYPE_DOUBLE,
    "BOOL": type_pb2.TYPE_BOOL,
    "DATE": type_pb2.TYPE_DATE,
    "TIMESTAMP": type_pb2.TYPE_TIMESTAMP,
    "BYTES": type_pb2.TYPE_BYTES,
}
NAMES = {kind: name for name, kind in KINDS.items()}
EPOCH = datetime.date(1970, 1, 1).toordinal()
SAFE = 2**53


class Client(wasm_client.WasmClient):
    """The package's client, which keeps the compiled module and copies memory in one piece and not byte by byte."""

    def __init__(self, wasm_path):
        wasi = wasmtime.WasiConfig()
        wasi.inherit_stderr()
        if zones := wasm_client.get_tzinfo_dir():
            wasi.preopen_dir(zones, "/usr/share/zoneinfo")
        config = wasmtime.Config()
        config.shared_memory = True
        engine = wasmtime.Engine(config)
        self.store = wasmtime.Store(engine)
        self.store.set_wasi(wasi)
        self.module = compiled(engine, Path(wasm_path))
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        self.instance = linker.instantiate(self.store, self.module)
        self.exports = self.instance.exports(self.store)
        if "_initialize" in self.exports:
            self.exports["_initialize"](self.store)
        self.memory = self.exports["memory"]

    def write_bytes(self, ptr, data):
        ctypes.memmove(self.address(ptr), data, len(data))

    def read_bytes(self, ptr, size):
        return ctypes.string_at(self.address(ptr), size)

    def address(self, ptr):
        # Pointers beyond 2 GB come back negative.
        return ctypes.addressof(self.memory.data_ptr().contents) + (ptr & 0xFFFFFFFF)

    def call(self, name, request, response):
        data = request if isinstance(request, bytes) else request.SerializeToString()
        return response.FromString(self._call_grpc_method("ZetaSqlLocalService_" + name, data))


def compiled(engine, wasm):
    """The module as machine code, kept beside the package: compiling it takes much longer than reading it."""
    build = hashlib.sha256(f"{version('wasmtime')} {wasm.stat().st_size}".encode()).hexdigest()[:12]
    kept = wasm.with_name(f"zetasql-{build}.cwasm")
    with open(kept.with_suffix(".lock"), "w") as lock:
        # Who comes second waits for the first one's.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            part = kept.with_suffix(".part")
            part.write_bytes(wasmtime.Module.from_file(engine, str(wasm)).serialize())
            part.replace(kept)
    return wasmtime.Module.deserialize_file(engine, str(kept))


def put(value, kind, cell):
    """Writes a value of the protocol into the protocol buffer `cell`; NULL leaves it empty."""
    if value is None:
        return
    if kind == "STRING":
        cell.string_value = value
    elif kind == "INT64":
        cell.int64_value = int(value)
    elif kind == "FLOAT64":
        cell.double_value = float(value)
    elif kind == "BOOL":
        cell.bool_value = value
    elif kind == "DATE":
        cell.date_value = datetime.date.fromisoformat(value).toordinal() - EPOCH
    elif kind == "TIMESTAMP":
        seconds, micros = divmod(int(value), 1_000_000)
        cell.timestamp_value.CopyFrom(timestamp_pb2.Timestamp(seconds=seconds, nanos=micros * 1000))
    elif kind == "BYTES":
        cell.bytes_value = base64.b64decode(value)
    else:
        raise ValueError(f"{kind} is no type of the protocol")


def take(cell):
    """The value of the protocol that `cell` holds."""
    which = cell.WhichOneof("value")
    if which is None:
        return None
    value = getattr(cell, which)
    if which == "int64_value":
        return value if -SAFE <= value <= SAFE else str(value)
    if which == "double_value":
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if which == "date_value":
        return datetime.date.fromordinal(value + EPOCH).isoformat()
    if which == "timestamp_value":
        return value.seconds * 1_000_000 + value.nanos // 1000
    if which == "bytes_value":
        return base64.b64encode(value).decode()
    if which in ("string_value", "bool_value"):
        return value
    if which == "array_value":
        return [take(element) for element in value.element]
    raise ValueError(f"A column holds {which}, which the protocol does not carry")


def type_of(kind):
    return type_pb2.TypeProto(type_kind=KINDS[kind])


class Judge:
    def __init__(self):
        self.client = Client(get_wasm_path())
        language = self.client.call(
            "GetLanguageOptions", service.LanguageOptionsRequest(maximum_features=True), proto_options.LanguageOptionsProto
        )
        # BigQuery's names for types (INT64, FLOAT64; no INT32, UINT64 or FLOAT), and every kind of statement.
        language.product_mode = public_options.PRODUCT_EXTERNAL
        language.ClearField("supported_statement_kinds")
        self.language = language
        self.known = {}

    def options(self, parameters, **more):
        options = proto_options.AnalyzerOptionsProto(language_options=self.language, default_timezone="UTC", **more)
        for name, kind, _value in parameters:
            options.query_parameters.add(name=name, type=type_of(kind))
        return options

    def simple_catalog(self, tables):
        catalog = simple_catalog_pb2.SimpleCatalogProto(name="warehouse")
        catalog.builtin_function_options.language_options.CopyFrom(self.language)
        for number, (name, columns) in enumerate(tables, 1):
            table = catalog.table.add(name=name, serialization_id=number)
            for column, kind in columns:
                table.column.add(name=column, type=type_of(kind), is_writable_column=True)
        return catalog

    def catalog(self, tables):
        request = service.RegisterCatalogRequest(
            simple_catalog=self.simple_catalog([(each["name"], each["columns"]) for each in tables])
        )
        for each in tables:
            data = request.table_content[each["name"]].table_data
            data.SetInParent()
            kinds = [kind for _name, kind in each["columns"]]
            for row in each.get("rows", []):
                cells = data.row.add().cell
                for value, kind in zip(row, kinds, strict=True):
                    put(value, kind, cells.add())
        answer = self.client.call("RegisterCatalog", request, service.RegisterResponse)
        return {"catalog": answer.registered_id}

    def forget(self, catalog):
        self.client.call("UnregisterCatalog", service.UnregisterRequest(registered_id=catalog), service.RegisterResponse)
        return {}

    def without_rows(self, key, make):
        """The number of a catalog for analysis; making one takes longer than analysing with it, so the last ones stay."""
        if key not in self.known:
            while len(self.known) >= 4:
                self.forget(self.known.pop(next(iter(self.known))))
            request = service.RegisterCatalogRequest(simple_catalog=make())
            self.known[key] = self.client.call("RegisterCatalog", request, service.RegisterResponse).registered_id
        return self.known[key]

    def execute(self, sql, catalog=None, parameters=()):
        started = time.process_time()
        request = service.PrepareQueryRequest(sql=sql, options=self.options(parameters))
        if catalog is None:
            request.simple_catalog.CopyFrom(self.simple_catalog([]))
        else:
            request.registered_catalog_id = catalog
        prepared = self.client.call("PrepareQuery", request, service.PrepareQueryResponse).prepared
        try:
            run = service.EvaluateQueryRequest(prepared_query_id=prepared.prepared_query_id)
            for name, kind, value in parameters:
                put(value, kind, run.params.add(name=name).value)
            content = self.client.call("EvaluateQuery", run, service.EvaluateQueryResponse).content
        finally:
            done = service.UnprepareQueryRequest(prepared_query_id=prepared.prepared_query_id)
            self.client.call("UnprepareQuery", done, service.RegisterResponse)
        return {
            "columns": [[column.name, NAMES.get(column.type.type_kind, "OTHER")] for column in prepared.columns],
            "rows": [[take(cell) for cell in row.cell] for row in content.table_data.row],
            "seconds": round(time.process_time() - started, 3),
        }

    def analyze(self, sql, tables=(), parameters=()):
        """Every statement of a script in turn: what one makes, the next one finds."""
        script = Script(self, sql, tables, parameters)
        request = service.ParseRequest(sql_statement=sql, options=self.language, allow_script=True)
        parsed = self.client.call("Parse", request, service.ParseResponse).parsed_script
        script.all_of(parsed.statement_list_node)
        made = [{"name": name, "columns": columns} for name, columns in script.tables.items()]
        return {"statements": script.statements, "tables": made}


class Script:
    """A script being analysed: the tables and variables that its statements have so far."""

    def __init__(self, judge, sql, tables, parameters):
        self.judge = judge
        self.text = sql.encode()
        self.tables = {each["name"]: each["columns"] for each in tables}
        self.parameters = parameters
        self.variables = {}
        self.statements = []

    def catalog(self):
        """`dataset.table` both as a path and as one quoted name, as BigQuery reads it; variables as constants."""
        catalog = self.judge.simple_catalog(self.tables.items())
        datasets = {}
        for number, (name, columns) in enumerate(self.tables.items(), len(self.tables) + 1):
            *path, table_name = name.split(".")
            place = catalog
            for depth, part in enumerate(path):
                key = tuple(path[: depth + 1])
                if key not in datasets:
                    datasets[key] = place.catalog.add(name=part)
                place = datasets[key]
            if path:
                table = place.table.add(name=table_name, serialization_id=number)
                for column, kind in columns:
                    table.column.add(name=column, type=type_of(kind), is_writable_column=True)
        for name, kind in self.variables.items():
            constant = catalog.constant.add(name_path=[name], type=kind)
            constant.value.CopyFrom(value_pb2.ValueProto())
        return catalog

    def slice(self, node):
        place = range_of(node)
        return self.text[place.start : place.end].decode()

    def resolved(self, sql=None, expression=None):
        state = json.dumps([self.tables, [[name, kind.type_kind] for name, kind in self.variables.items()]])
        request = service.AnalyzeRequest(
            options=self.judge.options(self.parameters),
            registered_catalog_id=self.judge.without_rows(state, self.catalog),
        )
        if sql is not None:
            request.sql_statement = sql
        else:
            request.sql_expression = expression
        return self.judge.client.call("Analyze", request, service.AnalyzeResponse)

    def all_of(self, statement_list):
        for any_node in statement_list.statement_list:
            self.one(any_node)

    def one(self, any_node):
        kind, node = innermost(any_node)
        if kind == "variable_declaration":
            self.declare(node)
        elif kind == "single_assignment":
            self.expression(node.expression)
        elif kind == "begin_end_block":
            self.all_of(node.statement_list_node)
            for handler in node.handler_list.exception_handler_list:
                self.all_of(handler.statement_list)
        elif kind == "if_statement":
            self.expression(node.condition)
            self.all_of(node.then_list)
            for clause in node.elseif_clauses.elseif_clauses:
                self.expression(clause.condition)
                self.all_of(clause.body)
            self.all_of(node.else_list)
        elif kind == "raise_statement":
            if node.HasField("message"):
                self.expression(node.message)
        else:
            self.statement(self.slice(any_node))
            return
        self.statements.append({"kind": kind, "columns": [], "casts": []})

    def expression(self, any_node):
        return self.resolved(expression=self.slice(any_node)).resolved_expression

    def declare(self, node):
        if node.HasField("default_value"):
            kind = innermost(self.expression(node.default_value))[1]
            kind = kind.parent.type
        else:
            kind = type_of(self.slice(node.type).upper())
        for variable in node.variable_list.identifier_list:
            self.variables[variable.id_string] = kind

    def statement(self, sql):
        any_statement = self.resolved(sql=sql).resolved_statement
        kind, node = innermost(any_statement)
        columns = []
        if kind == "query_stmt":
            for column in node.output_column_list:
                columns.append([column.name, column.column.type.type_kind])
        self.statements.append(
            {
                "kind": kind,
                "columns": [[name, NAMES.get(of, "OTHER")] for name, of in columns],
                "casts": sorted(set(casts_in(any_statement))),
            }
        )
        self.remember(kind, node)

    def remember(self, kind, node):
        """What a statement that makes or changes a table leaves for the statements after it."""
        if kind in ("create_table_stmt", "create_table_as_select_stmt", "create_view_stmt"):
            name = ".".join(base_of(node, "name_path").name_path)
            if kind == "create_view_stmt":
                columns = [[each.name, each.column.type.type_kind] for each in node.parent.output_column_list]
            else:
                columns = [[each.name, each.type.type_kind] for each in node.parent.column_definition_list]
            self.tables.setdefault(name, [[column, NAMES[of]] for column, of in columns])
        elif kind == "alter_table_stmt":
            base = base_of(node, "name_path")
            columns = self.tables[".".join(base.name_path)]
            for action in base.alter_action_list:
                done, change = innermost(action)
                if done == "add_column_action":
                    columns.append([change.column_definition.name, NAMES[change.column_definition.type.type_kind]])
        elif kind == "drop_stmt":
            self.tables.pop(".".join(node.name_path), None)


def innermost(any_node):
    """The node inside of nested one-of wrappers, and its name without the prefix and suffix they all have."""
    kind = None
    while True:
        which = any_node.WhichOneof("node") if "node" in any_node.DESCRIPTOR.oneofs_by_name else None
        if which is None:
            return kind, any_node
        kind = which.removeprefix("ast_").removeprefix("resolved_").removesuffix("_node")
        any_node = getattr(any_node, which)


def casts_in(message):
    """Every cast, as `FLOAT64 -> INT64 of round`: types, and the function whose value is cast."""
    if message.DESCRIPTOR.name == "ResolvedCastProto":
        kind, inner = innermost(message.expr)
        target = NAMES.get(message.parent.type.type_kind, "OTHER")
        source = NAMES.get(base_of(inner, "type").type.type_kind, "OTHER")
        yield f"{source} -> {target} of {name_of(kind, inner)}"
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for each in value if field.is_repeated else [value]:
            yield from casts_in(each)


def name_of(kind, node):
    if kind is None or "function_call" not in kind:
        return kind
    return base_of(node, "function").function.name.removeprefix("ZetaSQL:")


def base_of(node, field):
    """The class, of those that a node derives from, which has the field."""
    while not hasattr(node, field):
        node = node.parent
    return node


def range_of(any_node):
    """Where in the text a node stands; kept by the outermost of the classes it derives from."""
    _kind, node = innermost(any_node)
    return base_of(node, "parse_location_range").parse_location_range


def main():
    # The tree of a long sum is deeper than either allows by itself.
    _message.SetAllowOversizeProtos(True)
    sys.setrecursionlimit(20_000)
    judge = Judge()
    operations = {
        "catalog": judge.catalog,
        "forget": judge.forget,
        "execute": judge.execute,
        "analyze": judge.analyze,
    }
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = operations[request.pop("op")](**request)
        except ServerError as error:
            answer = {"error": error.raw_error}
        sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
