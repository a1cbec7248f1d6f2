/** What became of the lines of imported files: loaded, refused or not used, with reasons and counts. */
import type { StateStore } from '../../shared/ports/state-store.ts';
import { addedUp } from '../../shared/domain/reject-causes.ts';
import type { DateReport } from '../../shared/state/load-reports.ts';
import { loadReportOf, UNDATED } from '../../shared/state/load-reports.ts';
import { tellsOfDouble } from '../ingest/acceptor.ts';
import { payloadFileOf } from '../sources/payload-files.ts';
import type { ImportPlan } from './import-plan.ts';
import { causesFirst, type TableCause } from './rejects.ts';

/** The lines of one file for one table: `read` is the sum of the others. */
export interface TableLines {
  readonly table: string;
  readonly file: string;
  readonly read: number;
  readonly loaded: number;
  readonly refused: number;
  readonly notUsed: number;
}

/** Something that a load tells although it is no fault: what, of which table, and how often. */
export interface TableNote {
  readonly table: string;
  readonly file: string | null;
  readonly text: string;
  readonly count: number;
}

export interface ImportedLines {
  readonly lines: readonly TableLines[];
  readonly causes: readonly TableCause[];
  /** Why lines were not used. Their counts add up to the lines that were not used. */
  readonly unused: readonly TableNote[];
  readonly notes: readonly TableNote[];
  /** The first refused line of each file. */
  readonly firstRefused: ReadonlyMap<string, { readonly line: number; readonly reason: string }>;
}

/** What the load reports say of the dates that the imported files speak of. */
export async function importedLines(
  { store }: { readonly store: StateStore },
  { sources }: Pick<ImportPlan, 'sources'>,
): Promise<ImportedLines> {
  const lines = new Map<string, TableLines>();
  const causes: TableCause[] = [];
  const notes = new Map<string, TableNote & { readonly notUsed?: true }>();
  const firstRefused = new Map<string, { readonly line: number; readonly reason: string }>();
  for (const { table, season, files, incoming } of sources) {
    const report = await loadReportOf({ store }, table, season);
    const dates = [...incoming.slices.keys()].sort();
    const reports = [...dates, UNDATED].flatMap((date) => report?.dates[date] ?? []);
    for (const each of reports) {
      for (const counted of ofFiles(each, files)) {
        const key = `${table} ${counted.file}`;
        lines.set(key, { table, ...added(lines.get(key), counted) });
      }
      causes.push(
        ...each.causes.filter(({ file }) => files.includes(file)).map((cause) => ({ ...cause, table })),
      );
      for (const { file, line, reason } of each.rejects)
        if (!firstRefused.has(file)) firstRefused.set(file, { line, reason });
      for (const note of each.notes) {
        if (note.file !== null && !files.includes(note.file)) continue;
        const key = `${table} ${note.file} ${note.text}`;
        notes.set(key, { table, ...note, count: (notes.get(key)?.count ?? 0) + note.count });
      }
    }
  }
  const all = [...notes.values()];
  const tables = Map.groupBy(causes, ({ table }) => table);
  return {
    lines: [...lines.values()],
    causes: causesFirst([...tables.values()].flatMap((ofTable) => addedUp(ofTable))),
    unused: all.filter(({ notUsed }) => notUsed === true),
    notes: all.filter(({ notUsed }) => notUsed !== true),
    firstRefused,
  };
}

/** The counts of the imported files. Of two files with one name on a date the newer one is meant, which is read last. */
function ofFiles(report: DateReport, files: readonly string[]): DateReport['files'] {
  const newest = new Map(report.files.map((counted) => [counted.file, counted]));
  return files.flatMap((file) => newest.get(file) ?? []);
}

function added(before: TableLines | undefined, now: Omit<TableLines, 'table'>): Omit<TableLines, 'table'> {
  const sum = (what: 'read' | 'loaded' | 'refused' | 'notUsed'): number => (before?.[what] ?? 0) + now[what];
  return {
    file: now.file,
    read: sum('read'),
    loaded: sum('loaded'),
    refused: sum('refused'),
    notUsed: sum('notUsed'),
  };
}

/**
 * One line for each file with refused lines of which none was accepted in any table, with the first reason, and for each file
 * that has a header and no rows. A file all of whose rows another file of the import has, too, gives nothing new and is no fault.
 */
export function filesWithoutRows(
  { lines, causes, firstRefused }: ImportedLines,
  { sources }: Pick<ImportPlan, 'sources'>,
): string[] {
  const withoutRows = [...Map.groupBy(lines, ({ file }) => file)].flatMap(([file, ofFile]) => {
    const refused = Math.max(...ofFile.map((each) => each.refused));
    if (refused === 0 || ofFile.some(({ loaded }) => loaded > 0)) return [];
    if (causes.every((each) => each.file !== file || tellsOfDouble(each.cause))) return [];
    const first = firstRefused.get(file);
    return [
      `${file}: none of its rows was accepted, ${refused} were refused; the first is line ${first?.line ?? 1}: ${first?.reason ?? ''}`,
    ];
  });
  return [
    ...withoutRows,
    ...emptyFiles(lines, sources).map((file) => `${file}: it has a header and no rows`),
  ];
}

/** Files of the import that have no line in any of its tables and seasons. */
function emptyFiles(lines: readonly TableLines[], sources: ImportPlan['sources']): string[] {
  const filled = new Set(lines.map(({ file }) => file));
  for (const { incoming } of sources)
    for (const { entry } of [...incoming.slices.values()].flat()) {
      const name = incoming.entries[entry]?.name;
      if (name !== undefined) filled.add(name);
    }
  // An answer of a live source may have lines of one kind only.
  const files = new Set(sources.flatMap((source) => source.files));
  return [...files].filter((file) => !filled.has(file) && payloadFileOf(file) === undefined).sort();
}

/** The lines of an import as its answer has them: counted, and with causes, reasons and notes. */
export function toldLines({ lines, causes, unused, notes }: ImportedLines) {
  return {
    rejected: lines.reduce((sum, each) => sum + each.refused, 0),
    notUsed: lines.reduce((sum, each) => sum + each.notUsed, 0),
    lines,
    causes,
    unused,
    told: notes,
  };
}
