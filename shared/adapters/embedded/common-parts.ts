/**
 * Finds the parts that queries of several tables have in common. A part is one CTE of a query with all that it reads from other CTEs of
 * it, for example the universe of players before the games of a date. Parts are found by their text alone, so nothing marks them. Pure.
 */

/** A query, or what a part computes: its CTEs in their order, of which some are common parts, and the text that follows them. */
export interface PartedQuery {
  readonly ctes: readonly ({ readonly name: string } & (
    { readonly text: string } | { readonly part: CommonPart }
  ))[];
  readonly rest: string;
}

/** A CTE that several queries compute alike. */
export interface CommonPart {
  /** Tells it from all other parts of the same queries. */
  readonly id: string;
  readonly query: PartedQuery;
  /** The text of the CTE and of all that it reads. */
  readonly source: string;
}

/** A CTE of one query. */
interface Cte {
  readonly name: string;
  readonly text: string;
  /** CTEs of the same query that it names. A column of such a name counts, too, which does no harm. */
  readonly reads: readonly Cte[];
  /** Its own definition and those of all that it reads, without comments and needless blanks. */
  readonly closure: ReadonlySet<string>;
  /** The same as one text, which is equal for CTEs that compute the same. */
  readonly meaning: string;
}

interface SplitQuery {
  readonly ctes: readonly Cte[];
  readonly rest: string;
  readonly reads: readonly Cte[];
}

/**
 * The common parts of queries, as a function from each of them to the query with its parts; it answers undefined for a query that has
 * none. A CTE that others share is a part where something reads it that not all of them have: what only parts read stays inside of
 * them. One that merely picks rows of a table is no part, because reading the table again costs less.
 */
export function commonParts(queries: readonly string[]): (query: string) => PartedQuery | undefined {
  const plain = plainTexts();
  const split = new Map([...new Set(queries)].map((query) => [query, splitQuery(query, plain)]));
  const uses = new Map<string, number>();
  for (const found of split.values()) {
    for (const { meaning } of found?.ctes ?? []) uses.set(meaning, (uses.get(meaning) ?? 0) + 1);
  }
  const isShared = (cte: Cte): boolean => (uses.get(cte.meaning) ?? 0) > 1 && isWork(cte.meaning);
  const readFromOutside = new Set<string>();
  for (const found of split.values()) {
    const outside = [
      found?.reads ?? [],
      ...(found?.ctes ?? []).filter((cte) => !isShared(cte)).map(({ reads }) => reads),
    ];
    for (const cte of outside.flat()) if (isShared(cte)) readFromOutside.add(cte.meaning);
  }

  const parts = new Map<string, CommonPart>();
  const partOf = (cte: Cte): CommonPart => {
    const known = parts.get(cte.meaning);
    if (known !== undefined) return known;
    const query = parted(cte.text, cte.reads);
    const part = { id: `${parts.size}`, query, source: cte.meaning };
    parts.set(cte.meaning, part);
    return part;
  };
  const parted = (rest: string, reads: readonly Cte[]): PartedQuery => {
    const needed = new Map<string, PartedQuery['ctes'][number]>();
    const need = (cte: Cte): void => {
      if (needed.has(cte.name)) return;
      if (readFromOutside.has(cte.meaning)) needed.set(cte.name, { name: cte.name, part: partOf(cte) });
      else {
        for (const each of cte.reads) need(each);
        needed.set(cte.name, { name: cte.name, text: cte.text });
      }
    };
    for (const cte of reads) need(cte);
    return { ctes: [...needed.values()], rest };
  };

  const composed = new Map<string, PartedQuery>();
  for (const [query, found] of split) {
    if (found === undefined) continue;
    const whole = parted(found.rest, found.reads);
    if (whole.ctes.some((cte) => 'part' in cte)) composed.set(query, whole);
  }
  return (query) => composed.get(query);
}

/** Whether computing it again is more than reading rows of a table. */
function isWork(meaning: string): boolean {
  return /\b(?:JOIN|GROUP|DISTINCT|OVER|UNION)\b/i.test(meaning);
}

// A string, a quoted identifier, a comment, or a bracket.
const SIGN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|[()]/g;
const BLANK = /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const BEGINNING = /WITH\b/iy;
const NAME = /([A-Za-z_]\w*)\s+AS\s*\(/iy;

/** The CTEs of a query; undefined for a query that does not begin with any, or whose CTEs have columns or hints of their own. */
function splitQuery(sql: string, plainOf: (text: string) => Plain): SplitQuery | undefined {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(sql);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  take(BLANK);
  if (take(BEGINNING) === null) return undefined;
  const ctes: Cte[] = [];
  const byName = new Map<string, Cte>();
  for (;;) {
    take(BLANK);
    const name = take(NAME)?.[1];
    const end = closingBracket(sql, at);
    if (name === undefined || end === undefined) return undefined;
    const text = sql.slice(at, end);
    const plain = plainOf(text);
    const reads = namedIn(plain, byName);
    const closure = new Set([...reads.flatMap((each) => [...each.closure]), `${name} AS (${plain.text})`]);
    const cte = { name, text, reads, closure, meaning: [...closure].sort().join('\n') };
    ctes.push(cte);
    byName.set(name, cte);
    at = end + 1;
    take(BLANK);
    if (sql[at] !== ',') break;
    at += 1;
  }
  const rest = sql.slice(at);
  return { ctes, rest, reads: namedIn(plainOf(rest), byName) };
}

/** Where the bracket closes that is open at `at`. */
function closingBracket(sql: string, at: number): number | undefined {
  let depth = 1;
  SIGN.lastIndex = at;
  for (let sign = SIGN.exec(sql); sign !== null; sign = SIGN.exec(sql)) {
    if (sign[0] === '(') depth += 1;
    else if (sign[0] === ')') {
      depth -= 1;
      if (depth === 0) return sign.index;
    }
  }
  return undefined;
}

interface Plain {
  /** Without comments, and with one blank where there are several. */
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

/** Makes texts plain; a text that comes again, as shared ones do, is made once. */
function plainTexts(): (text: string) => Plain {
  const known = new Map<string, Plain>();
  return (sql) => {
    let plain = known.get(sql);
    if (plain === undefined) {
      const text = sql
        .replace(/'(?:[^']|'')*'|(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)+/g, (found) =>
          found.startsWith("'") ? found : ' ',
        )
        .trim();
      plain = { text, words: new Set(text.match(/[A-Za-z_]\w*/g)) };
      known.set(sql, plain);
    }
    return plain;
  };
}

function namedIn({ words }: Plain, ctes: ReadonlyMap<string, Cte>): Cte[] {
  return [...ctes.values()].filter(({ name }) => words.has(name));
}
