/**
 * GoogleSQL to DuckDB: the portable subset, what the adapter and the deployment send, and nothing else. What is not
 * known here is refused, so that no statement is understood in another way than it was meant.
 */
import { BigQueryError } from './errors.ts';
import { closing, isMark, isWord, split, tokensOf, type Token } from './lexer.ts';

export interface TableName {
  readonly dataset: string;
  readonly table: string;
}

export type OptionValue = string | number | boolean | Date | Readonly<Record<string, string>>;
export type Options = ReadonlyMap<string, OptionValue>;

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string | undefined;
}

/** A statement in DuckDB's words, with what the server must know of it. */
export type Statement =
  | { readonly kind: 'begin' | 'commit' | 'rollback' }
  | {
      readonly kind: 'select';
      readonly sql: string;
      readonly tables: readonly TableName[];
      readonly words: ReadonlySet<string>;
    }
  | {
      readonly kind: 'insert' | 'delete';
      readonly sql: string;
      /** The table that changes. */
      readonly target: TableName;
      /** What is read, the target of a DELETE included. */
      readonly tables: readonly TableName[];
      readonly words: ReadonlySet<string>;
      /** The condition of a DELETE, or the query of an INSERT, as a SELECT. */
      readonly reads: string | undefined;
    }
  | {
      readonly kind: 'create_schema';
      readonly dataset: string;
      readonly ifNotExists: boolean;
      readonly options: Options;
    }
  | {
      readonly kind: 'create_table';
      readonly table: TableName;
      readonly mode: 'fail' | 'keep' | 'replace';
      readonly columns: readonly ColumnDefinition[];
      readonly partitionColumn: string | undefined;
      readonly clustering: readonly string[];
      readonly options: Options;
      readonly query: (Statement & { readonly kind: 'select' }) | undefined;
    }
  | {
      readonly kind: 'create_view';
      readonly table: TableName;
      readonly options: Options;
      readonly query: Statement & { readonly kind: 'select' };
      readonly text: string;
    }
  | { readonly kind: 'add_columns'; readonly table: TableName; readonly columns: readonly ColumnDefinition[] }
  | { readonly kind: 'relax_columns'; readonly table: TableName; readonly columns: readonly string[] }
  | { readonly kind: 'drop_table'; readonly table: TableName; readonly ifExists: boolean };

/** Functions that DuckDB has under the same name with the same meaning, or is taught by `installDialect`, and words that stand before brackets. */
const SAME = new Set(
  (
    'abs,any_value,array_to_string,avg,ceil,coalesce,count,countif,dense_rank,exp,extract,first_value,floor,greatest,if,ifnull,' +
    'lag,last_value,lead,least,length,lower,ln,max,min,mod,nullif,pow,rank,replace,round,row_number,safe_divide,sign,sqrt,' +
    'starts_with,stddev_samp,string_agg,strpos,substr,sum,trim,unix_date,upper,chr,in,over,as,values,and,or,not,' +
    'on,from,join,where,when,then,else,exists,union,all,by,select,distinct,between,like,case,using,having,window,with,min_by,max_by'
  ).split(','),
);
/** Functions that DuckDB has under another name. */
const RENAMED: Readonly<Record<string, string>> = {
  error: 'error',
  is_inf: 'isinf',
  is_nan: 'isnan',
  md5: 'md5',
  unix_micros: 'epoch_us',
};
const TYPES: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  BOOL: 'BOOLEAN',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP',
};

export type Parameters = ReadonlyMap<string, { readonly type: string; readonly value: string | null }>;

/** The statements of a script. @throws BigQueryError for what is not understood */
export function statementsOf(sql: string, parameters: Parameters): Statement[] {
  const statements = split(tokensOf(sql), ';').filter((tokens) => tokens.length > 0);
  if (statements.length === 0)
    throw new BigQueryError('invalidQuery', 'Syntax error: Unexpected end of script');
  return statements.map((tokens) => statementOf(tokens, parameters));
}

const TRANSACTION_WORDS = [
  ['BEGIN', 'begin'],
  ['COMMIT', 'commit'],
  ['ROLLBACK', 'rollback'],
] as const;

function statementOf(tokens: readonly Token[], parameters: Parameters): Statement {
  const at = new Cursor(tokens, parameters);
  for (const [word, kind] of TRANSACTION_WORDS) {
    if (!at.take(word)) continue;
    at.take('TRANSACTION');
    return at.end({ kind });
  }
  if (at.sees('SELECT') || at.sees('WITH') || isMark(tokens[0], '(')) return at.query();
  if (at.take('DELETE')) {
    at.take('FROM');
    const target = at.table();
    at.expect('WHERE');
    const rest = at.rest();
    const condition = expression(rest, parameters);
    const reads = `SELECT * FROM ${nameOf(target)} WHERE ${condition}`;
    return {
      kind: 'delete',
      target,
      sql: `DELETE FROM ${nameOf(target)} WHERE ${condition}`,
      tables: [target, ...tablesIn(rest)],
      words: wordsIn(rest),
      reads,
    };
  }
  if (at.take('INSERT')) {
    at.take('INTO');
    const target = at.table();
    const columns = at.bracketed();
    const list = columns === undefined ? '' : ` (${expression(columns, parameters)})`;
    if (at.sees('VALUES')) {
      const rest = at.rest();
      return {
        kind: 'insert',
        target,
        sql: `INSERT INTO ${nameOf(target)}${list} ${expression(rest, parameters)}`,
        tables: [],
        words: new Set(),
        reads: undefined,
      };
    }
    const query = at.query();
    return {
      kind: 'insert',
      target,
      sql: `INSERT INTO ${nameOf(target)}${list} ${query.sql}`,
      tables: query.tables,
      words: query.words,
      reads: query.sql,
    };
  }
  if (at.take('CREATE')) return createOf(at);
  if (at.take('ALTER')) return alterOf(at);
  if (at.take('DROP')) {
    at.expect('TABLE');
    const ifExists = at.ifExists();
    const table = at.table();
    return at.end({ kind: 'drop_table', table, ifExists });
  }
  throw new BigQueryError('invalidQuery', `Syntax error: this server does not know ${at.describe()}`);
}

function createOf(at: Cursor): Statement {
  const replace = at.take('OR') && at.expect('REPLACE');
  if (at.take('SCHEMA')) {
    const ifNotExists = at.ifNotExists();
    const dataset = at.name();
    const options = at.options();
    return at.end({ kind: 'create_schema', dataset, ifNotExists, options });
  }
  if (at.take('VIEW')) {
    const table = at.table();
    const options = at.options();
    at.expect('AS');
    return { kind: 'create_view', table, options, text: at.text(), query: at.query() };
  }
  at.expect('TABLE');
  const ifNotExists = at.ifNotExists();
  const table = at.table();
  const columns =
    (at.bracketed() ?? []).length === 0 ? [] : split(at.lastBracketed, ',').map((part) => at.column(part));
  let partitionColumn: string | undefined;
  let clustering: string[] = [];
  if (at.take('PARTITION')) {
    at.expect('BY');
    partitionColumn = at.name();
  }
  if (at.take('CLUSTER')) {
    at.expect('BY');
    clustering = [at.name()];
    while (at.takeMark(',')) clustering.push(at.name());
  }
  const options = at.options();
  const query = at.take('AS') ? at.query() : undefined;
  return at.end({
    kind: 'create_table',
    table,
    mode: replace ? 'replace' : ifNotExists ? 'keep' : 'fail',
    columns,
    partitionColumn,
    clustering,
    options,
    query,
  });
}

function alterOf(at: Cursor): Statement {
  at.expect('TABLE');
  const table = at.table();
  const actions = split(at.rest(), ',');
  const relaxed: string[] = [];
  const added: ColumnDefinition[] = [];
  for (const action of actions) {
    const each = new Cursor(action, at.parameters);
    if (each.take('ADD')) {
      each.expect('COLUMN');
      each.ifNotExists();
      added.push(each.column(each.rest()));
    } else {
      each.expect('ALTER');
      each.expect('COLUMN');
      relaxed.push(each.name());
      each.expect('DROP');
      each.expect('NOT');
      each.expect('NULL');
    }
  }
  if (added.length > 0 && relaxed.length > 0)
    throw new BigQueryError('invalidQuery', 'Syntax error: one kind of change in one statement');
  return added.length > 0
    ? { kind: 'add_columns', table, columns: added }
    : { kind: 'relax_columns', table, columns: relaxed };
}

class Cursor {
  private at = 0;
  lastBracketed: readonly Token[] = [];
  readonly tokens: readonly Token[];
  readonly parameters: Parameters;

  constructor(tokens: readonly Token[], parameters: Parameters) {
    this.tokens = tokens;
    this.parameters = parameters;
  }

  sees(word: string): boolean {
    return isWord(this.tokens[this.at], word);
  }
  take(word: string): boolean {
    const found = this.sees(word);
    if (found) this.at += 1;
    return found;
  }
  takeMark(mark: string): boolean {
    const found = isMark(this.tokens[this.at], mark);
    if (found) this.at += 1;
    return found;
  }
  expect(word: string): true {
    if (!this.take(word))
      throw new BigQueryError('invalidQuery', `Syntax error: Expected ${word} but got ${this.describe()}`);
    return true;
  }
  ifNotExists(): boolean {
    return this.take('IF') && this.expect('NOT') && this.expect('EXISTS');
  }
  ifExists(): boolean {
    return this.take('IF') && this.expect('EXISTS');
  }
  describe(): string {
    const token = this.tokens[this.at];
    return token === undefined ? 'end of statement' : JSON.stringify('text' in token ? token.text : token);
  }
  rest(): readonly Token[] {
    const rest = this.tokens.slice(this.at);
    this.at = this.tokens.length;
    return rest;
  }
  /** What follows, in DuckDB's words, without going on. */
  text(): string {
    return expression(this.tokens.slice(this.at), this.parameters);
  }
  query(): Statement & { readonly kind: 'select' } {
    const rest = this.rest();
    const first = rest.find((token) => !isMark(token, '('));
    if (!isWord(first, 'SELECT') && !isWord(first, 'WITH'))
      throw new BigQueryError(
        'invalidQuery',
        `Syntax error: Expected a query but got ${JSON.stringify(first)}`,
      );
    return {
      kind: 'select',
      sql: expression(rest, this.parameters),
      tables: tablesIn(rest),
      words: wordsIn(rest),
    };
  }
  /** `value`, provided that nothing follows. */
  end<T>(value: T): T {
    if (this.at < this.tokens.length)
      throw new BigQueryError('invalidQuery', `Syntax error: Unexpected ${this.describe()}`);
    return value;
  }
  name(): string {
    const token = this.tokens[this.at];
    this.at += 1;
    if (token?.kind === 'word') return token.text;
    if (token?.kind === 'quoted') return token.parts.at(-1) ?? '';
    throw new BigQueryError('invalidQuery', `Syntax error: Expected a name but got ${JSON.stringify(token)}`);
  }
  table(): TableName {
    const found = tableAt(this.tokens, this.at);
    if (found === undefined)
      throw new BigQueryError(
        'invalidQuery',
        `Table ${this.describe()} must be qualified with a dataset (e.g. dataset.table).`,
      );
    this.at = found.end;
    return found;
  }
  bracketed(): readonly Token[] | undefined {
    if (!isMark(this.tokens[this.at], '(')) return undefined;
    const end = closing(this.tokens, this.at);
    this.lastBracketed = this.tokens.slice(this.at + 1, end);
    this.at = end + 1;
    return this.lastBracketed;
  }
  options(): Options {
    const options = new Map<string, OptionValue>();
    if (!this.take('OPTIONS')) return options;
    for (const part of split(this.bracketed() ?? [], ',')) {
      const [name, equals, ...value] = part;
      if (name?.kind !== 'word' || !isMark(equals, '='))
        throw new BigQueryError('invalidQuery', 'Syntax error: an option is name = value');
      options.set(name.text.toLowerCase(), optionValue(value));
    }
    return options;
  }
  column(tokens: readonly Token[]): ColumnDefinition {
    const each = new Cursor(tokens, this.parameters);
    const name = each.name();
    const type = each.name().toUpperCase();
    if (!Object.hasOwn(TYPES, type)) throw new BigQueryError('invalidQuery', `Type not found: ${type}`);
    const required = each.take('NOT') && each.expect('NULL');
    const description = each.options().get('description');
    return each.end({
      name,
      type,
      required,
      description: typeof description === 'string' ? description : undefined,
    });
  }
}

function optionValue(tokens: readonly Token[]): OptionValue {
  const [first, second] = tokens;
  if (first?.kind === 'string') return first.value;
  if (first?.kind === 'number') return Number(first.text);
  if (isWord(first, 'TRUE') || isWord(first, 'FALSE')) return isWord(first, 'TRUE');
  if (isWord(first, 'TIMESTAMP') && second?.kind === 'string')
    return new Date(second.value.replace(' ', 'T'));
  if (isMark(first, '[')) {
    const pairs = split(tokens.slice(1, -1), ',').map((pair) => {
      const [key, value] = split(pair.slice(1, -1), ',').map(([token]) =>
        token?.kind === 'string' ? token.value : '',
      );
      return [key ?? '', value ?? ''] as const;
    });
    return Object.fromEntries(pairs);
  }
  throw new BigQueryError(
    'invalidQuery',
    `this server does not know the option value ${JSON.stringify(tokens)}`,
  );
}

/** A name of two or three parts at `at`. */
function tableAt(tokens: readonly Token[], at: number): (TableName & { readonly end: number }) | undefined {
  const parts: string[] = [];
  let end = at;
  for (;;) {
    const token = tokens[end];
    if (token?.kind === 'word') parts.push(token.text);
    else if (token?.kind === 'quoted') parts.push(...token.parts);
    else break;
    end += 1;
    if (!isMark(tokens[end], '.')) break;
    end += 1;
  }
  const [table, dataset] = [parts.at(-1), parts.at(-2)];
  return table === undefined || dataset === undefined || parts.length > 3
    ? undefined
    : { dataset, table, end };
}

/** Everything that stands after FROM, JOIN or a comma between them and is written dataset.table. */
function tablesIn(tokens: readonly Token[]): TableName[] {
  const found = new Map<string, TableName>();
  tokens.forEach((token, i) => {
    if (!isWord(token, 'FROM') && !isWord(token, 'JOIN')) return;
    // The FROM of EXTRACT(YEAR FROM x) and of IS DISTINCT FROM names no table.
    if (isWord(tokens[i - 3], 'EXTRACT') || isWord(tokens[i - 1], 'DISTINCT')) return;
    const table = tableAt(tokens, i + 1);
    if (table !== undefined)
      found.set(`${table.dataset}.${table.table}`, { dataset: table.dataset, table: table.table });
  });
  return [...found.values()];
}

function wordsIn(tokens: readonly Token[]): Set<string> {
  return new Set(
    tokens.flatMap((token) =>
      token.kind === 'word'
        ? [token.text]
        : token.kind === 'quoted'
          ? token.parts.slice(-1)
          : isMark(token, '*')
            ? ['*']
            : [],
    ),
  );
}

export function nameOf({ dataset, table }: TableName): string {
  return `${quoted(dataset)}.${quoted(table)}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @throws BigQueryError for a function or a mark that is not known */
function expression(tokens: readonly Token[], parameters: Parameters): string {
  const out: string[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token === undefined) break;
    switch (token.kind) {
      case 'string':
        out.push(literal(token.value));
        break;
      case 'number':
        out.push(token.text);
        break;
      case 'parameter':
        out.push(parameterText(token.name, parameters));
        break;
      case 'quoted':
        out.push(token.parts.slice(-2).map(quoted).join('.'));
        break;
      case 'mark':
        out.push(token.text);
        break;
      case 'word': {
        if (!isMark(tokens[i + 1], '(') || isMark(tokens[i - 1], '.')) {
          out.push(token.text);
          break;
        }
        const end = closing(tokens, i + 1);
        const alias = tokens[end + 2];
        if (isWord(token, 'UNNEST') && isWord(tokens[end + 1], 'AS') && alias?.kind === 'word') {
          const list = expression(tokens.slice(i + 2, end), parameters);
          out.push(`UNNEST(${list}) AS unnested(${alias.text})`);
          i = end + 2;
          break;
        }
        out.push(callText(token.text, tokens.slice(i + 2, end), parameters));
        i = end;
        break;
      }
      default:
        token satisfies never;
    }
  }
  return out.join(' ').replaceAll(' . ', '.');
}

function callText(name: string, inner: readonly Token[], parameters: Parameters): string {
  const lower = name.toLowerCase();
  const args = () => expression(inner, parameters);
  if (lower === 'cast' || lower === 'safe_cast') {
    const type = inner.at(-1);
    const known = type?.kind === 'word' ? TYPES[type.text.toUpperCase()] : undefined;
    if (known === undefined || !isWord(inner.at(-2), 'AS'))
      throw new BigQueryError('invalidQuery', 'Syntax error: a cast is CAST(value AS TYPE)');
    const value = expression(inner.slice(0, -2), parameters);
    return `${lower === 'cast' ? 'CAST' : 'TRY_CAST'}(${value} AS ${known})`;
  }
  if (lower === 'concat') {
    // DuckDB's own leaves NULL out; here it makes the whole NULL.
    return `(${split(inner, ',')
      .map((part) => expression(part, parameters))
      .join(' || ')})`;
  }
  if (lower === 'struct') {
    const fields = split(inner, ',').map((part) => {
      const field = part.at(-1);
      if (field?.kind !== 'word' || !isWord(part.at(-2), 'AS'))
        throw new BigQueryError('invalidQuery', 'this server knows a STRUCT with named fields only');
      return `${literal(field.text)}: ${expression(part.slice(0, -2), parameters)}`;
    });
    return `{${fields.join(', ')}}`;
  }
  if (lower === 'format_timestamp') {
    const [format, value] = split(inner, ',');
    return `strftime(${expression(value ?? [], parameters)}, ${expression(format ?? [], parameters)})`;
  }
  // The hash is text in DuckDB already, and is looked at in no other way.
  if (lower === 'to_hex' && isWord(inner[0], 'MD5')) return args();
  const renamed = RENAMED[lower] ?? (SAME.has(lower) ? name : undefined);
  if (renamed !== undefined) return `${renamed}(${args()})`;
  throw new BigQueryError('invalidQuery', `Function not found: ${name}`);
}

function parameterText(name: string, parameters: Parameters): string {
  const found = parameters.get(name);
  if (found === undefined) throw new BigQueryError('invalidQuery', `Query parameter '${name}' not found`);
  const type = TYPES[found.type];
  if (type === undefined)
    throw new BigQueryError('invalidQuery', `this server does not know parameters of type ${found.type}`);
  return found.value === null ? `CAST(NULL AS ${type})` : `CAST(${literal(found.value)} AS ${type})`;
}
