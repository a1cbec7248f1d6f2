/** Reads what archived files say of one date, and checks that it is what was archived. */
import type { Archive, ArchivedEntry, Slice } from '../../shared/domain/archive.ts';
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import { archivedBytes } from './archived-bytes.ts';
import { byDatePath, openByDate, type LinesOfDate } from './by-date.ts';
import { subjectOf } from './file-slices.ts';
import type { SourcePart } from './load-table.ts';
import { textOfSource } from './source-content.ts';
import { subjectColumn } from './source-files.ts';
import { linesDigest, sortLines } from './source-lines.ts';
import { cellAt, columnsOf } from './source-text.ts';

/** An archived file is lost, or does not hold the bytes that were imported. */
export class ArchiveDamage extends Error {
  override readonly name = 'ArchiveDamage';
}

/** Reads the parts of archived files about a date, in the order of their age. @throws ArchiveDamage */
export type PartsOfDate = (archive: Archive, date: GameDate) => Promise<SourcePart[]>;

/** Makes a reader that opens each archived file once for as long as the reader is in use. */
export function archivedParts(store: ArchiveStore): PartsOfDate {
  const opened = new Map<string, Promise<(date: GameDate) => LinesOfDate | undefined>>();
  const linesOf = (entry: ArchivedEntry, season: Season) => {
    const path = byDatePath(entry, season);
    const known = opened.get(path) ?? openEntry(store, entry, season);
    opened.set(path, known);
    return known;
  };
  return async (archive, date) => {
    const parts: SourcePart[] = [];
    for (const slice of archive.slices[date] ?? []) {
      const entry = archive.entries[slice.entry];
      if (entry === undefined) throw new Error(`The archive of ${archive.table} has no entry ${slice.entry}`);
      let found = (await linesOf(entry, archive.season))(date);
      if (found === undefined || linesDigest(found.header, found.lines) !== slice.digest)
        found = (await sortOriginal(store, entry, archive.season))(date);
      if (found === undefined || linesDigest(found.header, found.lines) !== slice.digest)
        throw new ArchiveDamage(
          `${entry.name} in the archive does not hold the lines of ${date} that were imported: import the file again`,
        );
      parts.push({
        name: entry.name,
        header: found.header,
        lines: spokenFor(slice, entry, found),
        stamp: {
          source: entry.source,
          observed_at: entry.observedAt,
          entry_id: entry.sha256.slice(0, 16),
        },
        inDoubt: slice.inDoubt,
      });
    }
    return parts;
  };
}

/** The lines of the games for which the slice still speaks. */
function spokenFor(slice: Slice, entry: ArchivedEntry, { header, lines }: LinesOfDate): SourcePart['lines'] {
  if (slice.restricted !== true) return lines;
  const column = subjectColumn(entry.kind as FileKind);
  const parsed = columnsOf(header);
  const at = 'cells' in parsed ? parsed.cells.indexOf(column) : -1;
  const subjects = new Set(slice.subjects);
  return lines.filter(({ text }) => subjects.has(subjectOf(column, cellAt(text, at) ?? '')));
}

/** The form by date of an entry; where it is lacking or damaged, it is made again from the original. */
async function openEntry(store: ArchiveStore, entry: ArchivedEntry, season: Season) {
  const form = await store.read(byDatePath(entry, season));
  try {
    if (form !== undefined) return openByDate(form);
  } catch {
    // It is damaged. The original is read instead.
  }
  return sortOriginal(store, entry, season);
}

/** @throws ArchiveDamage when the original is lost or not what was imported */
async function sortOriginal(store: ArchiveStore, entry: ArchivedEntry, season: Season) {
  const bytes = await archivedBytes(store, entry);
  if (bytes === 'missing')
    throw new ArchiveDamage(`${entry.name} is not in the archive: import the file again`);
  const text = bytes === 'damaged' ? undefined : textOfSource(entry.name, bytes).text;
  if (text === undefined)
    throw new ArchiveDamage(
      `${entry.name} in the archive holds other bytes than were imported: import the file again`,
    );
  const sorted = sortLines(text, subjectColumn(entry.kind as FileKind));
  const dates = sorted?.seasons.get(season);
  return (date: GameDate): LinesOfDate | undefined => {
    const found = dates?.get(date);
    return found === undefined ? undefined : { header: sorted?.header ?? '', lines: found.lines };
  };
}
