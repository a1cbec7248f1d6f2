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
import { cellsOf, scanDates } from '../ingest/source-text.ts';
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
    sound.set(name, { bytes, dates: scanDates(soundTextOf(name, bytes)) });
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

/** Most bytes of the text of a file, and how many times as long as its compressed form it may be. */
const MAX_TEXT_BYTES = 512 * 2 ** 20;
const MAX_RATIO = 200;

/**
 * The text of a file that is about to be archived.
 * @throws RequestError naming the file when its compression is cut off or out of bounds, it is not UTF-8, or its last line
 * is torn, as after a download that broke off
 */
function soundTextOf(name: string, bytes: Uint8Array): string {
  const fault = (what: string): RequestError =>
    new RequestError(`${name} ${what}; nothing was imported. Get the file again, then repeat the import`);
  let plain = bytes;
  if (isGzip(bytes)) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw fault(
        code === 'ERR_BUFFER_TOO_LARGE'
          ? 'holds more than 512 MiB of text'
          : `is cut off or damaged (${message})`,
      );
    }
    if (plain.length > MAX_RATIO * Math.max(bytes.length, 64 * 1024))
      throw fault(`grows more than ${MAX_RATIO} times when it is unpacked`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw fault('is not UTF-8 text');
  }
  if (hasTornLine(text)) throw fault('ends in the middle of a line');
  return text;
}

/** Whether the last line has no end and fewer cells than the header. */
function hasTornLine(text: string): boolean {
  if (text.endsWith('\n') || text === '') return false;
  const header = cellsOf(text.slice(0, text.indexOf('\n')).replace(/^\uFEFF|\r$/g, ''));
  const last = cellsOf(text.slice(text.lastIndexOf('\n') + 1));
  if ('fault' in header || !text.includes('\n')) return false;
  return 'fault' in last || last.cells.length < header.cells.length;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The text of a source file, gzipped or not. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(isGzip(bytes) ? gunzipSync(bytes) : bytes);
}
