/**
 * Loads the dates that an import would change, before and after it, without writing anything: what would change, and what an
 * import may not do.
 */
import { MAX_ROW_DROP } from '../../shared/domain/audit.ts';
import { isSpokenOf } from '../../shared/domain/boxed-games.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { rowDifferences } from '../../shared/domain/row-differences.ts';
import type { Season } from '../../shared/domain/season.ts';
import { moreGamesFrom } from '../../shared/domain/table.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { ChangeCount } from '../../shared/ports/warehouse.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { knownAliases } from '../../shared/state/aliases.ts';
import { knownPlayers, personsAfter } from '../../shared/state/players.ts';
import { ArchiveDamage, archivedParts } from '../ingest/archived-lines.ts';
import { byDatePath } from '../ingest/by-date.ts';
import { loadTable, type LoadedFiles } from '../ingest/load-table.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import type { Change } from './changes.ts';
import { contextOfDate, isSameContext, tablesToKnow, type KnownArchive } from './date-context.ts';
import type { ReadGames } from './archived-schedule.ts';
import { NOT_PLAYED, type RawLoad } from '../ingest/raw-load.ts';
import type { LoadContext } from '../ingest/schedule.ts';
import type { ImportPlan, PlannedSource } from './import-plan.ts';

/** A date of a raw table before and after an import. */
export interface TriedDate {
  readonly table: string;
  readonly season: Season;
  readonly date: GameDate;
  readonly before: LoadedFiles | undefined;
  readonly after: LoadedFiles | undefined;
  /** How many of the rows before are of games (or teams) of which some file still speaks after the import. */
  readonly stillSpokenOf: number;
  /** Whether the import has other lines of this table about the date; otherwise only what its load knows of others changes. */
  readonly isNew: boolean;
}

interface TrialPorts {
  readonly store: StateStore;
  readonly archive: ArchiveStore;
  readonly registry: Registry;
}

/** The archive before an import and after it, with the games that were read from either. */
interface Sides {
  readonly before: KnownArchive;
  readonly after: KnownArchive;
  readonly games: ReadGames;
}

/**
 * Tries an import. Dates of which nothing changes, neither the lines nor what the load knows beside them, are left out. Dates of damaged archived files are left out.
 * @param onlyKnown whether dates of which nothing was archived before are left out
 */
export async function tryImport(
  ports: TrialPorts,
  plan: ImportPlan,
  { onlyKnown }: { readonly onlyKnown: boolean },
): Promise<TriedDate[]> {
  const tried: TriedDate[] = [];
  const seasons = Map.groupBy(plan.sources, ({ season }) => season);
  const players = await knownPlayers(ports);
  const aliases = await knownAliases(ports);
  const named = [...plan.files.values()].flatMap((file) => file.players);
  const playersAfter = personsAfter(players, named);
  for (const [season, sources] of seasons) {
    if (sources.every(({ dates }) => dates.length === 0)) continue;
    const planned = new Map(sources.map((source) => [source.table, source]));
    const names = RAW_LOADS.all.map(({ definition }) => definition.name);
    const stored = await archivesOf(ports, names, season);
    if (onlyKnown && stored.every((archive) => archive === undefined)) continue;
    const archives = new Map(names.map((name, i) => [name, stored[i]]));
    const after = new Map(names.map((name) => [name, planned.get(name)?.after ?? archives.get(name)]));
    // Files are known by the hash of their bytes, so one reader serves both sides.
    const both = { season, aliases, parts: archivedParts(withForms(ports.archive, plan, season)) };
    const sides: Sides = {
      before: { ...both, archives, players },
      after: { ...both, archives: after, players: playersAfter },
      games: new Map(),
    };
    const isNew = (table: string, date: GameDate): boolean =>
      planned.get(table)?.dates.includes(date) === true;
    for (const table of names)
      for (const date of datesToTry(table, planned, sides.before, sides.after)) {
        if (onlyKnown && sides.before.archives.get(table)?.slices[date] === undefined) continue;
        const found = await unlessDamaged(tryDate(table, date, isNew(table, date), sides));
        if (found !== undefined) tried.push(found);
      }
  }
  return tried;
}

/** What was tried; undefined where nothing changes, and where an archived file is damaged, so that the right file can be imported again. */
async function unlessDamaged(trying: Promise<TriedDate | undefined>): Promise<TriedDate | undefined> {
  try {
    return await trying;
  } catch (error) {
    if (error instanceof ArchiveDamage) return undefined;
    throw error;
  }
}

/** The dates of a table that an import can change: its own, and those of which it changes what the load knows. */
function datesToTry(
  table: string,
  planned: ReadonlyMap<string, PlannedSource>,
  before: KnownArchive,
  after: KnownArchive,
): GameDate[] {
  const own = planned.get(table)?.dates ?? [];
  const load = RAW_LOADS.of(table);
  const { definition } = load;
  const known = [...RAW_LOADS.knownBefore(table), ...tablesToKnow(load), ...moreGamesFrom(definition)];
  const ofKnown = known.flatMap((each) => planned.get(each)?.dates ?? []);
  const isArchived = (date: GameDate): boolean =>
    [before, after].some(({ archives }) => isSpokenOf(load.definition, archives, date));
  return [...new Set([...own, ...ofKnown])].filter(isArchived).sort();
}

async function tryDate(
  table: string,
  date: GameDate,
  isNew: boolean,
  { before, after, games }: Sides,
): Promise<TriedDate | undefined> {
  const load = RAW_LOADS.of(table);
  const slices = after.archives.get(table)?.slices[date] ?? [];
  const [was, is] = [before, after].map(({ archives }) => isSpokenOf(load.definition, archives, date));
  const knownBefore = await contextOfDate(before, load, date, games);
  const knownAfter = await contextOfDate(after, load, date, games);
  if (!isNew && isSameContext(knownBefore, knownAfter)) return undefined;
  const subjects = new Set(slices.flatMap((slice) => slice.subjects));
  const loaded = was === true ? await loadedOn(load, date, before, knownBefore) : undefined;
  const stillSpokenOf = (loaded?.rows ?? []).filter((row) =>
    [row['nba_game_id'], row['team_abbr']].some((subject) => subjects.has(String(subject))),
  ).length;
  return {
    ...{ table, season: after.season, date, stillSpokenOf, isNew, before: loaded },
    after: is === true ? await loadedOn(load, date, after, knownAfter) : undefined,
  };
}

/** What one state of the archive gives for a date. */
async function loadedOn(
  load: RawLoad,
  date: GameDate,
  { archives, parts, season }: KnownArchive,
  context: LoadContext,
): Promise<LoadedFiles> {
  const archive = archives.get(load.definition.name);
  return loadTable(load, season, archive === undefined ? [] : await parts(archive, date), context, date);
}

/** The archive as it is going to be: the forms by date of the new files are read from memory. */
function withForms(archive: ArchiveStore, { files }: ImportPlan, season: Season): ArchiveStore {
  const forms = new Map(
    [...files].map(([name, { sha256, forms }]) => [byDatePath({ name, sha256 }, season), forms.get(season)]),
  );
  return { ...archive, read: (path) => Promise.resolve(forms.get(path) ?? archive.read(path)) };
}

/**
 * What an import may not do, a line for each date: replace rows by less than half of them although files still speak of
 * their games, or by none because all were refused. The audit of a run has the same bound. Older rows that the import has called
 * into doubt, such as the shots beside a corrected box score, do not stop it: they are set aside with their reason. What was said
 * before a game that the import has moved to another date, or postponed, does not stop it either.
 * @param replace whether a person has said that the files replace the older ones: then rows may become fewer
 */
export function refusalsOf(tried: readonly TriedDate[], replace: boolean): string[] {
  return tried.flatMap(({ table, date, after, stillSpokenOf, isNew }) => {
    const rows = (after?.rows.length ?? 0) - (after?.standIns ?? 0);
    const [first] = after?.rejects ?? [];
    const moved = (after?.notes ?? []).filter(({ text, notUsed }) => notUsed === true && text === NOT_PLAYED);
    const ofOthers = (after?.setAside ?? 0) + moved.reduce((sum, { count }) => sum + count, 0);
    const spoken = rows + (isNew ? 0 : ofOthers);
    const isAllRefused = spoken === 0 && first !== undefined;
    if (spoken >= (1 - MAX_ROW_DROP) * stillSpokenOf || (replace && !isAllRefused)) return [];
    const why = first === undefined ? '' : `; line ${first.line} of ${first.file}: ${first.reason}`;
    return [`${table} of ${date} would have ${rows} rows instead of ${stillSpokenOf}${why}`];
  });
}

/** The rows that differ, in the shape of kept changes, ordered by table and date. */
export function differencesOf(tried: readonly TriedDate[]): {
  readonly changes: ChangeCount[];
  readonly examples: Change[];
} {
  const changes: ChangeCount[] = [];
  const examples: Change[] = [];
  for (const { table, date, before, after } of tried) {
    const differing = rowDifferences(RAW_LOADS.of(table).definition, before?.rows ?? [], after?.rows ?? []);
    const count = { added: 0, changed: 0, removed: 0 };
    const facts = { table, date, runId: '', backfillId: null, at: '' };
    const tell = (change: Pick<Change, 'key' | 'kind' | 'column' | 'old' | 'new'>): void => {
      // A row that was not there before has no old values to tell.
      if (before !== undefined && examples.length < EXAMPLES) examples.push({ ...facts, ...change });
    };
    for (const { key, kind, cells } of differing) {
      count[kind] += 1;
      if (kind !== 'changed') tell({ key, kind, column: null, old: null, new: null });
      for (const cell of cells) tell({ key, kind, ...cell });
    }
    if (count.added + count.changed + count.removed > 0) changes.push({ table, date, ...count });
  }
  return { changes, examples };
}

/** Changes that a trial tells with their values. */
const EXAMPLES = 10;
