/**
 * Brings the documents and the archive of the former format to the present one. The archived files are sorted by date, calendars
 * move to `calendars/{season}`, persons are registered, and partitions that were current stay current: nothing is loaded or
 * built again. It may be stopped at any moment and repeated.
 */
import {
  entryKey,
  type ArchivedEntry,
  type ArchivedImport,
  type Slice,
} from '../../shared/domain/archive.ts';
import { contentOf } from '../../shared/domain/contents.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { digest } from '../../shared/domain/hash.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import { statesOf, type View } from '../../shared/domain/view.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { replaceFormerArchives } from '../../shared/state/archives.ts';
import { updateStates } from '../../shared/state/completions.ts';
import {
  formerArchives,
  moveCalendars,
  moveReports,
  type FormerArchive,
} from '../../shared/state/former-format.ts';
import { registerPlayers } from '../../shared/state/players.ts';
import { loadView } from '../../shared/state/views.ts';
import { archivedBytes, WHY_LOST } from '../ingest/archived-bytes.ts';
import { byDatePath } from '../ingest/by-date.ts';
import { sliceFile } from '../ingest/file-slices.ts';
import { playersIn } from '../ingest/named-players.ts';
import { textOfSource } from '../ingest/source-content.ts';
import { sourceFileOf } from '../ingest/source-files.ts';
import { RAW_LOADS } from '../processors/loads.ts';

interface MigratingPorts {
  readonly store: StateStore;
  readonly archive: ArchiveStore;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** What a migration has done, or would do. */
export interface Migration {
  /** Raw tables and seasons whose archived files were sorted by date, as `nbac_schedule 2023-24`. */
  readonly archives: readonly string[];
  /** Seasons whose calendars moved. */
  readonly calendars: readonly Season[];
  /** Partitions that stay current although their fingerprints are computed otherwise now. */
  readonly partitions: number;
  /** Files that are lacking or damaged in the archive, each with what to do. */
  readonly lost: readonly string[];
}

/**
 * Migrates.
 * @param dryRun nothing is written; partitions are not counted then
 */
export async function migrate(ports: MigratingPorts, dryRun: boolean): Promise<Migration> {
  const former = await formerArchives(ports);
  const calendars = await moveCalendars(ports, dryRun);
  const lost: string[] = [];
  const files = new Map<string, ReturnType<typeof readFile>>();
  const read: [FormerArchive, ArchivedImport][] = [];
  for (const archive of former) read.push([archive, await importOf(ports, archive, files, lost, dryRun)]);
  if (!dryRun) await replaceFormerArchives(ports, read);
  const partitions = dryRun ? 0 : await keepCurrent(ports, former);
  if (!dryRun) await moveReports(ports);
  return {
    archives: former.map(({ table, season }) => `${table} ${season}`),
    calendars,
    partitions,
    lost: [...new Set(lost)],
  };
}

/** An archived file as it was imported, or why it cannot be used. @throws Error when the archive does not answer */
async function readFile(archive: ArchiveStore, { name, uri, sha256 }: FormerArchive['files'][number]) {
  const file = sourceFileOf(name);
  const bytes = await archivedBytes(archive, { uri, sha256 });
  if (typeof bytes === 'string') return { fault: WHY_LOST[bytes] };
  const { text } = textOfSource(name, bytes);
  if (file === undefined || text === undefined) return { fault: 'it is no sound source file' };
  const sliced = sliceFile(file, text, RAW_LOADS);
  return 'fault' in sliced ? { fault: `it ${sliced.fault}` } : { ...sliced, kind: file.kind, text };
}

async function importOf(
  ports: MigratingPorts,
  { files, season, table }: FormerArchive,
  read: Map<string, ReturnType<typeof readFile>>,
  lost: string[],
  dryRun: boolean,
): Promise<ArchivedImport> {
  const entries: Record<string, ArchivedEntry> = {};
  const slices = new Map<GameDate, Slice[]>();
  for (const file of files) {
    const reading = read.get(file.uri) ?? readFile(ports.archive, file);
    read.set(file.uri, reading);
    const found = await reading;
    if ('fault' in found) {
      lost.push(`${file.name} of ${table} ${season}: ${found.fault}; import the file again`);
      continue;
    }
    const key = entryKey(file);
    entries[key] = {
      ...{ name: file.name, kind: found.kind, uri: file.uri, sha256: file.sha256, source: 'files' },
      ...{ observedAt: ports.clock().toISOString(), observedKind: 'assumed' },
    };
    for (const [date, slice] of found.seasons.get(season) ?? [])
      slices.set(date, [...(slices.get(date) ?? []), { ...slice, entry: key }]);
    if (dryRun) continue;
    for (const [ofSeason, form] of found.forms) await ports.archive.write(byDatePath(file, ofSeason), form);
    await registerPlayers(ports, playersIn(found.kind, found.text));
  }
  return { entries, slices, wholeSeason: [], movable: [] };
}

/**
 * Writes the new fingerprints of raw partitions that were current by the former ones. A partition that was not is left as it is
 * and is loaded again.
 */
async function keepCurrent(ports: MigratingPorts, former: readonly FormerArchive[]): Promise<number> {
  let kept = 0;
  for (const archive of former) {
    const { table: name, season } = archive;
    if (!ports.registry.has(name)) continue;
    const table = ports.registry.get(name);
    const view = await loadView(ports, ports.registry, [season], { gameHashes: false });
    const evaluation = evaluate(view);
    const dates = Object.keys(statesOf(view.seasons.get(season), name)) as GameDate[];
    const changed = await updateStates(ports, table, dates, (state, date) =>
      state.inputFingerprint === formerFingerprint(view, table, archive, date)
        ? { ...state, inputFingerprint: evaluation.inputFingerprint(table, date) }
        : undefined,
    );
    kept += changed.length;
  }
  return kept;
}

/** The input fingerprint of a raw partition as the former format computed it: over the files of the whole season. */
function formerFingerprint(
  view: View,
  table: RegisteredTable,
  archive: FormerArchive,
  date: GameDate,
): string {
  const season = view.seasons.get(archive.season);
  const inputs = table.definition.inputs.map(
    (input) => `${input.table}=${contentOf(statesOf(season, input.table)[date])}`,
  );
  return `${table.codeFingerprint}.${digest([...archive.files.map(({ sha256 }) => sha256), ...inputs].join('\n'))}`;
}
