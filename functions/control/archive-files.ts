/** Archives source files and records which raw table and season they fill, so that a backfill of phase 2 can load them. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Archive } from '../../shared/domain/view.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { rememberArchive } from '../../shared/state/archives.ts';
import { sourceFilesOf } from '../ingest/source-folder.ts';
import { soundTextOf } from '../ingest/sound-file.ts';
import { scanDates } from '../ingest/source-text.ts';
import { RAW_LOADS } from '../processors/loads.ts';

export interface SourceFile {
  readonly name: string;
  readonly bytes: () => Uint8Array;
}

export interface ImportReport {
  /** Seasons the files fill, ascending. */
  readonly seasons: readonly Season[];
  /** Raw tables the files fill. */
  readonly tables: readonly string[];
  /** One line for each file that fills no table: its name, and why. */
  readonly notes: readonly string[];
}

/**
 * Archives the files that fill a raw table. For each table and season that has files among them, these files replace the
 * ones that were archived before.
 * @throws RequestError when no file fills a table, or one of them is damaged; nothing is archived then
 */
export async function archiveFiles(
  ports: { readonly archive: ArchiveStore; readonly store: StateStore },
  files: readonly SourceFile[],
  seasons: readonly Season[] | undefined,
): Promise<ImportReport> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const { sources, ignored } = sourceFilesOf([...byName.keys()], RAW_LOADS, seasons);
  if (sources.length === 0) {
    throw new RequestError(
      `None of ${files.length} files fills a raw table${seasons === undefined ? '' : ` for ${seasons.join(', ')}`}; see docs/import.md for the names`,
    );
  }
  // Every file is looked at before the first one is archived: a damaged file changes nothing.
  const sound = new Map<string, { readonly bytes: Uint8Array; readonly dates: Map<Season, GameDate[]> }>();
  for (const name of new Set(sources.flatMap(({ files: names }) => names))) {
    const bytes = byName.get(name)?.bytes() ?? new Uint8Array();
    const { text, fault } = soundTextOf(bytes);
    if (fault !== undefined) {
      throw new RequestError(
        `${name} ${fault}; nothing was imported. Get the file again, then repeat the import`,
      );
    }
    sound.set(name, { bytes, dates: scanDates(text) });
  }
  const uris = new Map<string, { readonly uri: string; readonly sha256: string }>();
  for (const source of sources) {
    const archived: Archive['files'][number][] = [];
    const dates = new Set<GameDate>();
    for (const name of source.files) {
      const { bytes = new Uint8Array(), dates: ofFile } = sound.get(name) ?? {};
      const kept = uris.get(name) ?? (await ports.archive.put(name, bytes));
      uris.set(name, kept);
      for (const date of ofFile?.get(source.season) ?? []) dates.add(date);
      archived.push({ name, uri: kept.uri, sha256: kept.sha256 });
    }
    await rememberArchive(ports, {
      table: source.table,
      season: source.season,
      files: archived,
      dates: [...dates].sort(),
    });
  }
  return {
    seasons: [...new Set(sources.map(({ season }) => season))].sort(),
    tables: [...new Set(sources.map(({ table }) => table))],
    notes: ignored.map(({ file, reason }) => `${file} is not loaded: ${reason}`),
  };
}
