/** Reads a scope file: what a person says that source files mean to hold. */
import * as z from 'zod';
import { RequestError } from '../../shared/domain/failure.ts';
import { parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { SEASON_TYPES, type SeasonType } from '../../shared/domain/game-id.ts';
import { hasScope } from '../../shared/domain/outside.ts';
import type { DateRange, Scope } from '../../shared/domain/scope.ts';
import { firstDateOf, isSeason, lastDateOf } from '../../shared/domain/season.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { seasonTypeIn } from '../ingest/source-codes.ts';

/** The name of a scope file that lies among source files. */
export const SCOPE_FILE = 'scope.json';

const EXAMPLE =
  '{"seasons": ["2023-24"], "seasonTypes": ["regular", "playoffs"], "dates": [{"start": "2023-10-24", "end": "2024-02-01"}]}';

/** Names of the tables that have a scope. */
const TABLES = RAW_LOADS.all
  .map(({ definition }) => definition)
  .filter(hasScope)
  .map(({ name }) => name);

const quoted = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

const date = z.custom<GameDate>((value) => typeof value === 'string' && parseGameDate(value) !== undefined, {
  error: ({ input }) => `${quoted(input)} is not a calendar date in the form YYYY-MM-DD`,
});

const range = z.strictObject({ start: date, end: date }).refine(({ start, end }) => start <= end, {
  error: ({ input }) => {
    const { start, end } = input as DateRange;
    return `ends on ${end}, before it starts on ${start}`;
  },
});

const seasonType = z
  .string({ error: 'must be a kind of games in quotation marks' })
  .transform((text, context): SeasonType => {
    const kind = seasonTypeIn(text);
    if (kind !== undefined) return kind;
    context.addIssue({
      code: 'custom',
      message: `${quoted(text)} is no kind of games; kinds are ${SEASON_TYPES.join(', ')}`,
    });
    return z.NEVER;
  });

const listOf = <T extends z.ZodType>(item: T, what: string) =>
  z
    .array(item, { error: `must be a list of ${what}` })
    .min(1, { error: `is an empty list; leave it out, or name ${what}` })
    .exactOptional();

const meant = {
  seasons: listOf(
    z.custom<string>((value) => typeof value === 'string' && isSeason(value), {
      error: ({ input }) => `${quoted(input)} is not a season such as "2023-24"`,
    }),
    'seasons',
  ),
  seasonTypes: listOf(seasonType, 'kinds of games'),
  dates: listOf(range, 'ranges such as {"start": "2023-10-24", "end": "2024-02-01"}'),
};

const scopeFile = z.strictObject(
  {
    ...meant,
    tables: z
      .record(
        z.string().refine((name) => TABLES.includes(name), {
          error: ({ input }) => `${quoted(input)} has no scope; tables with a scope are ${TABLES.join(', ')}`,
        }),
        z.strictObject(meant),
        { error: 'must be an object with a field for each table' },
      )
      .exactOptional(),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'must be an object in braces' : undefined) },
);

/**
 * The scope in a file.
 * @throws RequestError that names the field and says what to write instead
 */
export function scopeIn(name: string, bytes: Uint8Array): Scope {
  const refused = (fault: string): RequestError =>
    new RequestError(
      `${name} is no scope: ${fault}. Nothing was imported. A scope is written like this: ${EXAMPLE}`,
    );
  const parsed = scopeFile.safeParse(jsonIn(bytes, refused));
  if (!parsed.success) throw refused(parsed.error.issues.map(faultOf).join('; '));
  const scope: Scope = parsed.data;
  for (const [where, { dates = scope.dates, seasons = scope.seasons }] of [
    ['dates', scope] as const,
    ...Object.entries(scope.tables ?? {}).map(([table, own]) => [`tables.${table}`, own] as const),
  ])
    for (const season of dates === undefined ? [] : (seasons ?? []))
      if (!dates?.some(({ start, end }) => start <= lastDateOf(season) && firstDateOf(season) <= end))
        throw refused(`${where}: none of the dates is in ${season}`);
  return scope;
}

function jsonIn(bytes: Uint8Array, refused: (fault: string) => RequestError): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw refused(`it is not JSON in UTF-8 (${error instanceof Error ? error.message : String(error)})`);
  }
}

function faultOf(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join('.');
  const field = where === '' ? '' : `${where}: `;
  if (issue.code === 'unrecognized_keys')
    return `${field}there is no field ${issue.keys.map(quoted).join(', ')}; fields are ${fieldsAt(issue.path)}`;
  if (issue.code === 'invalid_key') return `${field}${issue.issues.map(({ message }) => message).join('; ')}`;
  return `${field}${issue.message}`;
}

function fieldsAt(path: readonly PropertyKey[]): string {
  if (path.includes('dates')) return 'start and end';
  return path.length === 0 ? 'seasons, seasonTypes, dates and tables' : 'seasons, seasonTypes and dates';
}
