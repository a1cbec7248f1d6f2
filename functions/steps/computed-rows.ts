/** Computes the rows of tables whose rows come from code: reads their inputs once for a batch, and hands each date its own windows. */
import { setImmediate } from 'node:timers/promises';
import type { Archive } from '../../shared/domain/archive.ts';
import { artifactOn, noModelText, type KnownModels } from '../../shared/domain/artifacts.ts';
import type { SeasonCalendar } from '../../shared/domain/calendar.ts';
import {
  columnsToRead,
  rowsInWindow,
  type Artifact,
  type InputSource,
} from '../../shared/domain/code-table.ts';
import { ok, permanent, type Result } from '../../shared/domain/failure.ts';
import { gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { knownAt, rawInputsOf } from '../../shared/domain/known-at.ts';
import type { Lacking } from '../../shared/domain/lacking.ts';
import type { ModelAlias } from '../../shared/domain/models.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import {
  isAllLive,
  KNOWN_AT_COLUMN,
  liveRowsIn,
  mayHaveLostRows,
  withKept,
  withSealed,
  type SealMoment,
  type TipOff,
} from '../../shared/domain/seal.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import {
  gamesIn,
  isSealing,
  nameOfInput,
  type CodeInput,
  type CodeTable,
} from '../../shared/domain/table.ts';
import { eachRow, rowsBetween, textsOf, type Row, type TableRows } from '../../shared/domain/table-rows.ts';
import { readEnd, readStart } from '../../shared/domain/window.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Staged, Warehouse } from '../../shared/ports/warehouse.ts';
import { keptDates, keptRows } from '../control/sealed-rows.ts';

/** After so many computed rows whatever else waits in the process has its turn: leases that are renewed, questions, the progress. */
const ROWS_A_TURN = 2000;

/** Where the rows of inputs are read: the warehouse, or an overlay of it. */
export type RowReader = Pick<Warehouse, 'read'>;

/** What code is computed with besides rows. */
export interface ComputeContext {
  readonly registry: Registry;
  /** The present moment: it decides which date is live, and which game has begun. */
  readonly now: Date;
  /** What is known of models; only tables that use models ask. */
  readonly models: () => Promise<KnownModels>;
  /** The bytes of a file of the archive. @throws Error when it is not there */
  readonly fileOf: (uri: string) => Promise<Uint8Array>;
  /** Where published rows are looked for that were sealed; by itself where the inputs are read. */
  readonly published?: RowReader;
  /** What is archived of raw tables in a season, in their order; only tables that say when their inputs were known ask. */
  readonly archives: (tables: readonly string[], season: Season) => Promise<(Archive | undefined)[]>;
  /** Where sealed rows are kept beside the tables. */
  readonly kept: Pick<ArchiveStore, 'list' | 'read'>;
}

/** The computed rows of a batch, and what is to be told of its dates. */
export interface ComputedRows {
  readonly rows: readonly Row[];
  /** Dates of a sealing table of which every row was made before its game. */
  readonly allLive: ReadonlySet<GameDate>;
  /** Dates of a sealing table of which any row was made before its game. */
  readonly live: ReadonlySet<GameDate>;
  /** Date -> the models that it lacks. */
  readonly lacking: ReadonlyMap<GameDate, readonly Lacking[]>;
}

/** What is read of one input for a whole batch. */
interface ReadInput {
  readonly input: CodeInput;
  readonly source: InputSource;
  readonly rows: TableRows;
}

/**
 * The rows of some dates of a table that code computes; undefined where they do not come from code. An error of the code is a permanent
 * failure, as that of a query is.
 * @param dates ascending, of one season
 * @throws Error when the file of a model cannot be read
 */
export async function computedRows(
  context: ComputeContext,
  reader: RowReader,
  table: RegisteredTable,
  dates: readonly GameDate[],
  calendar: SeasonCalendar | undefined,
): Promise<Result<ComputedRows | undefined>> {
  const { definition } = table;
  if (definition.rowsFrom !== 'code') return ok(undefined);
  const openingNight = calendar?.openingNight ?? dates[0];
  if (openingNight === undefined || table.compute === undefined)
    throw new Error(`A run of ${definition.name} has no dates or no code`);
  const inputs: ReadInput[] = [];
  for (const input of definition.inputs) {
    const read = await readInput(context.registry, reader, input, dates, openingNight);
    if (!read.ok) return read;
    inputs.push(read.value);
  }
  const sealed = await readSealed(context, reader, table, dates);
  if (!sealed.ok) return sealed;
  const artifacts = await artifactsOn(context, definition, dates);
  const compute = await table.compute();
  const today = gameDateOf(context.now);
  const rows: Row[] = [];
  const allLive = new Set<GameDate>();
  const live = new Set<GameDate>();
  const lacking = new Map(artifacts.lacking);
  const keptOn = keptReader(context, definition);
  try {
    let turnAt = ROWS_A_TURN;
    for (const date of dates) {
      if (rows.length >= turnAt) {
        await setImmediate();
        turnAt = rows.length + ROWS_A_TURN;
      }
      const rowsOf = rowsOfInputs(definition, inputs, date, openingNight);
      const artifactOf = artifactsOfDate(definition, artifacts.found, date);
      const computed = checked(definition, compute({ date, rowsOf, artifactOf }), date);
      if (sealed.value === undefined) {
        rows.push(...computed);
        continue;
      }
      const tipOffs = sealed.value.tipOffsOf(date);
      const now = context.now.toISOString();
      const moment = {
        ...{ tipOffs, date, now, today },
        ...(await knownOn(context, definition, date, today)),
      };
      const published = await keptOn(sealed.value.publishedOn(date), moment);
      const kept = withSealed(computed, published, moment);
      rows.push(...kept);
      if (isAllLive(kept, tipOffs)) allLive.add(date);
      if (liveRowsIn(kept).length > 0) live.add(date);
      // A date whose rows are all sealed has the models that it was predicted with.
      if (isAllLive(kept, tipOffs) && kept.every((row) => published.includes(row))) lacking.delete(date);
    }
  } catch (error) {
    return permanent('code_failed', error instanceof Error ? error.message : String(error));
  }
  return ok({ rows, allLive, live, lacking });
}

/** When everything was known that the rows of a date rest on; only for a date to come, and a table that says it. */
async function knownOn(
  { registry, now, archives }: ComputeContext,
  { name, columns }: CodeTable,
  date: GameDate,
  today: GameDate,
): Promise<Pick<SealMoment, 'knownAt'>> {
  if (!(KNOWN_AT_COLUMN in columns)) return {};
  if (date < today) return { knownAt: null };
  const tables = rawInputsOf(registry, name);
  const found = await archives(
    tables.map((table) => table.name),
    seasonOf(date),
  );
  const known = tables.map((table, i) => ({ table, archive: found[i] }));
  return { knownAt: knownAt(known, date, now.toISOString()) };
}

/** Adds to the published rows of a date the sealed ones that are kept beside the tables, where the table may have lost them. */
function keptReader({ kept }: ComputeContext, table: CodeTable) {
  let dates: Promise<ReadonlySet<GameDate>> | undefined;
  return async (published: readonly Row[], moment: SealMoment): Promise<readonly Row[]> => {
    if (!mayHaveLostRows(published, moment)) return published;
    dates ??= keptDates(kept, table.name);
    return (await dates).has(moment.date)
      ? withKept(published, await keptRows(kept, table, moment.date))
      : published;
  };
}

/** What was staged, with what the computation of its rows tells of each date. */
export function withComputed(staged: Staged, computed: ComputedRows | undefined): Staged {
  if (computed === undefined) return staged;
  return {
    ...staged,
    dates: staged.dates.map((found) => ({
      ...found,
      lacking: [...(found.lacking ?? []), ...(computed.lacking.get(found.date) ?? [])],
      ...(computed.allLive.has(found.date) && found.aside === undefined ? { allLive: true } : {}),
    })),
  };
}

async function readInput(
  registry: Registry,
  reader: RowReader,
  input: CodeInput,
  dates: readonly GameDate[],
  openingNight: GameDate,
): Promise<Result<ReadInput>> {
  const table = registry.get(input.table);
  const source = { partitionColumn: table.definition.partitionColumn, games: gamesIn(table.definition) };
  const reached = dates.flatMap((date) => [
    readStart(input.window, date, openingNight),
    readEnd(input.window, date),
  ]);
  const read = await reader.read({
    table,
    columns: columnsToRead(input, source),
    first: reached.reduce((a, b) => (a < b ? a : b)),
    last: reached.reduce((a, b) => (a > b ? a : b)),
  });
  return read.ok ? ok({ input, source, rows: read.value }) : read;
}

function rowsOfInputs(
  { name }: CodeTable,
  inputs: readonly ReadInput[],
  date: GameDate,
  openingNight: GameDate,
) {
  return (asked: string): TableRows => {
    const found = inputs.find(({ input }) => nameOfInput(input) === asked);
    if (found === undefined)
      throw new Error(`The code of ${name} asks for ${asked}, which is none of its inputs`);
    return rowsInWindow(found.rows, found.input, found.source, date, openingNight);
  };
}

function artifactsOfDate(
  { name, artifacts = [] }: CodeTable,
  found: ReadonlyMap<string, Artifact>,
  date: GameDate,
) {
  return (role: ModelAlias): Artifact | undefined => {
    if (!artifacts.some((each) => each.role === role))
      throw new Error(`The code of ${name} asks for a ${role}, which it does not declare`);
    return found.get(`${role} ${date}`);
  };
}

/** The models of each date by `role date`, each file read once, and the dates that lack one. */
async function artifactsOn(
  { now, models, fileOf }: ComputeContext,
  { artifacts = [] }: CodeTable,
  dates: readonly GameDate[],
): Promise<{ readonly found: ReadonlyMap<string, Artifact>; readonly lacking: ComputedRows['lacking'] }> {
  const found = new Map<string, Artifact>();
  const lacking = new Map<GameDate, Lacking[]>();
  if (artifacts.length === 0) return { found, lacking };
  const known = await models();
  const today = gameDateOf(now);
  const files = new Map<string, string>();
  for (const date of dates)
    for (const { role } of artifacts) {
      const artifact = artifactOn(role, date, today, known);
      if (artifact === undefined) {
        const detail = noModelText(role, date, today);
        lacking.set(date, [...(lacking.get(date) ?? []), { code: 'no_model', detail }]);
        continue;
      }
      const text = files.get(artifact.uri) ?? new TextDecoder().decode(await fileOf(artifact.uri));
      files.set(artifact.uri, text);
      found.set(`${role} ${date}`, { id: artifact.id, text });
    }
  return { found, lacking };
}

/** When the games of each date begin, and what is published of them; undefined for a table that seals no rows. */
async function readSealed(
  { registry, published: publishedIn }: ComputeContext,
  reader: RowReader,
  table: RegisteredTable,
  dates: readonly GameDate[],
) {
  const [first, last] = [dates[0], dates.at(-1)];
  if (!isSealing(table.definition) || first === undefined || last === undefined) return ok(undefined);
  const schedule = registry.get('nbac_schedule');
  const dateOfGame = schedule.definition.partitionColumn;
  const columns = ['game_id', 'tipoff_at', dateOfGame];
  const games = await reader.read({ table: schedule, columns, first, last });
  if (!games.ok) return games;
  const columnsOf = Object.keys(table.definition.columns);
  const published = await (publishedIn ?? reader).read({
    ...{ table, columns: columnsOf, first, last },
    onlyLive: true,
  });
  if (!published.ok) return published;
  return ok({
    tipOffsOf: (date: GameDate): TipOff[] => {
      const ofDate = rowsBetween(games.value, dateOfGame, date, date);
      const times = textsOf(ofDate, 'tipoff_at');
      return textsOf(ofDate, 'game_id').map((game, i) => ({ game: game ?? '', at: times[i] ?? null }));
    },
    publishedOn: (date: GameDate): Row[] =>
      eachRow(rowsBetween(published.value, table.definition.partitionColumn, date, date)),
  });
}

/** @throws Error that says which row is none of the table and date */
function checked(
  { name, columns, partitionColumn }: CodeTable,
  rows: readonly Row[],
  date: GameDate,
): readonly Row[] {
  for (const row of rows) {
    if (row[partitionColumn] !== date)
      throw new Error(`The code of ${name} gives a row of ${String(row[partitionColumn])} for ${date}`);
    for (const column in row)
      if (!(column in columns))
        throw new Error(`The code of ${name} gives a column ${column}, which is not declared`);
  }
  return rows;
}
