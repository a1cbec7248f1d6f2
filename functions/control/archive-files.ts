/** Archives source files and records what each of them says of which raw table and date, so that phase 2 can load them. */
import { randomUUID } from 'node:crypto';
import type { ArchivedEntry, ArchivedImport } from '../../shared/domain/archive.ts';
import { parseGameDate } from '../../shared/domain/game-date.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { rememberImports } from '../../shared/state/archives.ts';
import { refreshAnswers } from '../../shared/state/name-answers.ts';
import { registerPlayers } from '../../shared/state/players.ts';
import { writeUndated } from '../../shared/state/load-reports.ts';
import { wantLoad, type WantedLoad } from '../../shared/state/wanted-loads.ts';
import { storeScopes } from './import-scopes.ts';
import { byDatePath } from '../ingest/by-date.ts';
import { writeJournal, type JournalOf } from './journal.ts';
import type { Reject } from '../ingest/load-table.ts';
import { sourceFileOf } from '../ingest/source-files.ts';
import { fileNameOf } from '../sources/payload-files.ts';
import {
  planImport,
  type ArchiveOptions,
  type CheckedFile,
  type ImportPlan,
  type PlannedSource,
  type SourceFile,
} from './import-plan.ts';

export type { SourceFile } from './import-plan.ts';

export interface ImportReport {
  /** Seasons of which the files say something, ascending. */
  readonly seasons: readonly Season[];
  /** Raw tables of which the files say something. */
  readonly tables: readonly string[];
  /** The names of the files that fill a raw table. */
  readonly files: readonly string[];
  /** One line for each file that fills no table: its name, and why. */
  readonly notes: readonly string[];
  /** For each table and season, the dates of which the archive says something else than before, ascending. */
  readonly changed: readonly {
    readonly table: string;
    readonly season: Season;
    readonly dates: readonly string[];
  }[];
  /** Raw tables and seasons in which names are matched with other players than before, because the files name more of them. */
  readonly matchedAnew: readonly { readonly table: string; readonly season: Season }[];
}

interface ArchivingPorts {
  readonly archive: ArchiveStore;
  readonly store: StateStore;
  readonly clock: Clock;
}

/**
 * Archives the files that fill a raw table. What a file says of a game replaces what an older file of the same kind said of it;
 * everything else stays. A schedule that has every game played so far speaks for its whole season.
 * @throws RequestError when no file fills a table, or one of them is damaged or lacks columns; nothing is archived then
 */
export async function archiveFiles(
  ports: ArchivingPorts,
  files: readonly SourceFile[],
  options: ArchiveOptions = {},
): Promise<ImportReport> {
  return archivePlanned(ports, await planImport(ports, files, options));
}

/**
 * Archives what was looked at.
 * @param wants the partitions that rightly keep less than half of their rows, when what is to be loaded is to be written down; undefined
 * when the caller asks for the loads by other means
 */
export async function archivePlanned(
  ports: ArchivingPorts,
  plan: ImportPlan,
  wants?: { readonly shrinking: readonly PartitionRef[] },
): Promise<ImportReport> {
  const uris = new Map<string, string>();
  for (const [name, { bytes, forms }] of plan.files) {
    const { uri, sha256 } = await ports.archive.put(fileNameOf(name), bytes);
    for (const [season, form] of forms) await ports.archive.write(byDatePath({ name, sha256 }, season), form);
    uris.set(name, uri);
  }
  const sources = plan.sources.map((source) => ({
    ...source,
    incoming: withAddresses(source.incoming, uris),
  }));
  // A source may have been asked at another time than that of the import.
  const said = sources.map(({ incoming }) => incoming);
  await writeJournal(ports, ports.clock().toISOString(), journalOf(said, plan.options));
  await registerPlayers(
    ports,
    [...plan.files.values()].flatMap(({ players }) => players),
  );
  const matchedAnew = await refreshAnswers(ports);
  const telling = plan.sources.filter(({ after }) => Object.keys(after.slices).length > 0);
  const told = {
    seasons: [...new Set(telling.map(({ season }) => season))].sort(),
    tables: [...new Set(telling.map(({ table }) => table))],
    matchedAnew,
  };
  const wanted = wants === undefined ? [] : wantedOf(plan, told, wants.shrinking);
  const sourcesOf = Map.groupBy(sources, ({ season }) => season);
  for (const want of wanted) if (!sourcesOf.has(want.season)) await wantLoad(ports, want);
  await storeScopes(ports, plan.scopes, plan.observedAt);
  const changed: ImportReport['changed'][number][] = [];
  for (const [season, ofSeason] of sourcesOf) {
    const want = wanted.find((each) => each.season === season);
    const dates = await rememberImports(ports, season, ofSeason, want);
    for (const [i, source] of ofSeason.entries()) {
      changed.push({ table: source.table, season, dates: dates[i] ?? [] });
      await writeUndated(ports, source, undatedOf(source, plan.files));
    }
  }
  return { ...told, files: [...plan.files.keys()], notes: plan.notes, changed };
}

/** What is to be loaded, by season: what the files speak of, and what is read otherwise because of them. */
function wantedOf(
  { sources, lookedAgain }: ImportPlan,
  { seasons, tables, matchedAnew }: Pick<ImportReport, 'seasons' | 'tables' | 'matchedAnew'>,
  shrinking: readonly PartitionRef[],
): WantedLoad[] {
  const all = new Set([...sources, ...lookedAgain].map(({ season }) => season));
  return [...all].sort().map((season) => {
    const isOf = (each: { readonly season: Season }): boolean => each.season === season;
    const own = sources.filter(isOf);
    const isTold = seasons.includes(season);
    return {
      ...{ season, isTold, id: randomUUID() },
      tables: isTold ? tables : [],
      anew: [...new Set([...matchedAnew, ...lookedAgain].filter(isOf).map(({ table }) => table))],
      shrinking: shrinking.filter(({ date }) => seasonOf(date) === season),
      forgettable: own.every(({ before }) => before === undefined) ? own.map(({ table }) => table) : [],
    };
  });
}

/** The import with the addresses of the archived files. */
function withAddresses(incoming: ArchivedImport, uris: ReadonlyMap<string, string>): ArchivedImport {
  return {
    ...incoming,
    entries: Object.fromEntries(
      Object.entries(incoming.entries).map(([key, entry]) => [
        key,
        { ...entry, uri: uris.get(entry.name) ?? '' },
      ]),
    ),
  };
}

/** The lines of the files of a table and season that belong to no date, as refused rows. */
export function undatedOf(
  { season, files }: PlannedSource,
  checked: ReadonlyMap<string, CheckedFile>,
): Reject[] {
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
  incoming: readonly ArchivedImport[],
  { seasons, replace = false }: ArchiveOptions,
): JournalOf<'import'> {
  const files = new Map<string, ArchivedEntry>();
  for (const { entries } of incoming)
    for (const entry of Object.values(entries)) files.set(entry.name, entry);
  const all = seasons === undefined ? null : [...seasons];
  return { kind: 'import', files: [...files.values()], seasons: all, replace };
}
