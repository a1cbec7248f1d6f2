/** Archives source files and records which raw table and season they fill, so that a backfill of phase 2 can load them. */
import { gunzipSync } from 'node:zlib';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Archive } from '../../shared/domain/view.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { rememberArchive } from '../../shared/state/archives.ts';
import { sourceFilesOf } from '../ingest/source-folder.ts';
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
 * @throws RequestError when no file fills a table
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
  const kept = new Map<
    string,
    { name: string; uri: string; sha256: string; dates: Map<Season, GameDate[]> }
  >();
  for (const source of sources) {
    const archived: Archive['files'][number][] = [];
    const dates = new Set<GameDate>();
    for (const name of source.files) {
      let file = kept.get(name);
      if (file === undefined) {
        const bytes = byName.get(name)?.bytes() ?? new Uint8Array();
        file = { name, ...(await ports.archive.put(name, bytes)), dates: scanDates(textOf(bytes)) };
        kept.set(name, file);
      }
      for (const date of file.dates.get(source.season) ?? []) dates.add(date);
      archived.push({ name, uri: file.uri, sha256: file.sha256 });
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

/** The text of a source file, gzipped or not. */
export function textOf(bytes: Uint8Array): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return new TextDecoder().decode(isGzip ? gunzipSync(bytes) : bytes);
}
