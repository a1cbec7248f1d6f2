/** Archives source files and records what each of them says of which raw table and date, so that phase 2 can load them. */
import {
  entryKey,
  playedGames,
  type ArchivedEntry,
  type ArchivedImport,
  type Slice,
} from '../../shared/domain/archive.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf, rememberImport } from '../../shared/state/archives.ts';
import { registerPlayers } from '../../shared/state/players.ts';
import { writeUndated } from '../../shared/state/load-reports.ts';
import { byDatePath } from '../ingest/by-date.ts';
import { sliceFile, type SlicedFile } from '../ingest/file-slices.ts';
import { playersIn, type NamedPlayer } from '../ingest/named-players.ts';
import type { Reject } from '../ingest/load-table.ts';
import { soundTextOf } from '../ingest/sound-file.ts';
import { sourceFileOf, subjectColumn, type FileKind } from '../ingest/source-files.ts';
import { sourceFilesOf, type TableSources } from '../ingest/source-folder.ts';
import { RAW_LOADS } from '../processors/loads.ts';

export interface SourceFile {
  readonly name: string;
  readonly bytes: () => Uint8Array;
}

export interface ArchiveOptions {
  /** Only these seasons; by default all that the files have. */
  readonly seasons?: readonly Season[] | undefined;
  /** Files of the same kinds that are archived for these seasons are replaced, also where the new ones say nothing. */
  readonly replace?: boolean | undefined;
}

export interface ImportReport {
  /** Seasons the files fill, ascending. */
  readonly seasons: readonly Season[];
  /** Raw tables the files fill. */
  readonly tables: readonly string[];
  /** One line for each file that fills no table: its name, and why. */
  readonly notes: readonly string[];
  /** For each table and season, the dates of which the archive says something else than before, ascending. */
  readonly changed: readonly {
    readonly table: string;
    readonly season: Season;
    readonly dates: readonly string[];
  }[];
}

interface ArchivingPorts {
  readonly archive: ArchiveStore;
  readonly store: StateStore;
  readonly clock: Clock;
}

/** A file that was looked at and is about to be archived. */
interface Checked extends SlicedFile {
  readonly bytes: Uint8Array;
  readonly kind: string;
  readonly players: readonly NamedPlayer[];
}

/** Kinds of files that say which games a season has. */
const SCHEDULES = ['schedule'];

/**
 * Archives the files that fill a raw table. What a file says of a game replaces what an older file of the same kind said of it;
 * everything else stays. A schedule that has every game played so far speaks for its whole season.
 * @throws RequestError when no file fills a table, or one of them is damaged or lacks columns; nothing is archived then
 */
export async function archiveFiles(
  ports: ArchivingPorts,
  files: readonly SourceFile[],
  { seasons, replace = false }: ArchiveOptions = {},
): Promise<ImportReport> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const { sources, ignored } = sourceFilesOf([...byName.keys()], RAW_LOADS, seasons);
  if (sources.length === 0) {
    throw new RequestError(
      `None of ${files.length} files fills a raw table${seasons === undefined ? '' : ` for ${seasons.join(', ')}`}; see docs/import.md for the names`,
    );
  }
  // Every file is looked at before the first one is archived: a damaged file changes nothing.
  const checked = new Map<string, Checked>();
  for (const name of new Set(sources.flatMap(({ files: names }) => names)))
    checked.set(name, check(name, byName.get(name)?.bytes() ?? new Uint8Array()));
  const observedAt = ports.clock().toISOString();
  const entries = new Map<string, Omit<ArchivedEntry, 'sequence'>>();
  for (const [name, { bytes, kind, forms }] of checked) {
    const { uri, sha256 } = await ports.archive.put(name, bytes);
    for (const [season, form] of forms) await ports.archive.write(byDatePath(sha256, season), form);
    entries.set(name, { name, kind, uri, sha256, source: 'files', observedAt, observedKind: 'assumed' });
  }
  await ports.archive.write(
    `journal/${observedAt.replaceAll(':', '-')}.json`,
    journalOf(entries, seasons, replace),
  );
  await registerPlayers(
    ports,
    [...checked.values()].flatMap(({ players }) => players),
  );
  const changed: ImportReport['changed'][number][] = [];
  for (const source of sources) {
    const incoming = await importOf(ports, source, checked, entries, replace);
    const dates = await rememberImport(ports, source.table, source.season, incoming);
    changed.push({ table: source.table, season: source.season, dates });
    await writeUndated(ports, source, undatedOf(source, checked));
  }
  return {
    seasons: [...new Set(sources.map(({ season }) => season))].sort(),
    tables: [...new Set(sources.map(({ table }) => table))],
    notes: ignored.map(({ file, reason }) => `${file} is not loaded: ${reason}`),
    changed,
  };
}

function check(name: string, bytes: Uint8Array): Checked {
  const refused = (fault: string): RequestError =>
    new RequestError(`${name} ${fault}; nothing was imported. Get the file again, then repeat the import`);
  const file = sourceFileOf(name);
  if (file === undefined) throw refused('is not called like a source file');
  const { text, fault } = soundTextOf(bytes);
  if (fault !== undefined) throw refused(fault);
  const sliced = sliceFile(file, text, RAW_LOADS);
  if ('fault' in sliced) throw refused(sliced.fault);
  return { ...sliced, bytes, kind: file.kind, players: playersIn(file.kind, text) };
}

/** What the files of one table and season say, as the archive takes it. */
async function importOf(
  ports: ArchivingPorts,
  { season, files }: TableSources,
  checked: ReadonlyMap<string, Checked>,
  archived: ReadonlyMap<string, Omit<ArchivedEntry, 'sequence'>>,
  replace: boolean,
): Promise<ArchivedImport> {
  const entries: Record<string, Omit<ArchivedEntry, 'sequence'>> = {};
  const slices = new Map<GameDate, Slice[]>();
  for (const name of files) {
    const entry = archived.get(name);
    if (entry === undefined) continue;
    const key = entryKey(entry);
    entries[key] = entry;
    for (const [date, slice] of checked.get(name)?.seasons.get(season) ?? [])
      slices.set(date, [...(slices.get(date) ?? []), { ...slice, entry: key }]);
  }
  const kinds = [...new Set(Object.values(entries).map(({ kind }) => kind))];
  const wholeSeason = replace
    ? kinds
    : (await speaksForSeason(ports, season, files, checked))
      ? kinds.filter((kind) => SCHEDULES.includes(kind))
      : [];
  return {
    entries,
    slices,
    wholeSeason,
    movable: kinds.filter((kind) => subjectColumn(kind as FileKind) === 'game_id'),
  };
}

/** Whether the schedules among the files have every game of the season that is known to have been played. */
async function speaksForSeason(
  ports: ArchivingPorts,
  season: Season,
  files: readonly string[],
  checked: ReadonlyMap<string, Checked>,
): Promise<boolean> {
  const scheduled = new Set<string>();
  for (const name of files) {
    const file = checked.get(name);
    if (file === undefined || !SCHEDULES.includes(file.kind)) continue;
    for (const { subjects } of file.seasons.get(season)?.values() ?? [])
      for (const game of subjects) scheduled.add(game);
  }
  if (scheduled.size === 0) return false;
  const telling = RAW_LOADS.all
    .map(({ definition }) => definition)
    .filter(({ tells }) => tells !== undefined);
  const archives = await archivesOf(
    ports,
    telling.map(({ name }) => name),
    season,
  );
  return telling.every(({ tells }, i) =>
    playedGames(archives[i], tells === 'box_scores' ? 'box_scores' : 'schedule').every((game) =>
      scheduled.has(game),
    ),
  );
}

/** The lines of the files of a table and season that belong to no date, as refused rows. */
function undatedOf({ season, files }: TableSources, checked: ReadonlyMap<string, Checked>): Reject[] {
  return files.flatMap((name) => {
    const file = sourceFileOf(name);
    // A file of several seasons tells of them with its last one.
    if (file?.last !== season) return [];
    return (checked.get(name)?.undated ?? []).map(({ line, text, date }) => ({
      file: name,
      line,
      reason:
        parseGameDate(date) === undefined
          ? `game_date is "${date}"`
          : `game_date ${date} is not in ${file.first === file.last ? file.first : `${file.first} to ${file.last}`}`,
      excerpt: text.slice(0, 160),
    }));
  });
}

/** What a journal tells of an import: enough to make the documents of the archive again from the files. */
function journalOf(
  entries: ReadonlyMap<string, Omit<ArchivedEntry, 'sequence'>>,
  seasons: readonly Season[] | undefined,
  replace: boolean,
): Uint8Array {
  const told = { kind: 'import', files: [...entries.values()], seasons: seasons ?? null, replace };
  return new TextEncoder().encode(`${JSON.stringify(told, null, 1)}\n`);
}
