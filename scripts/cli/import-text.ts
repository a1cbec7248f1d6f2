/** Prints what an import has done, or would do. */
import type { DryRun } from '../../functions/control/import-dry-run.ts';
import type { TableLines } from '../../functions/control/import-lines.ts';
import type { LoadResult } from '../../functions/control/imports.ts';
import { listText } from '../../functions/control/list-text.ts';
import { scopeText } from '../../functions/control/import-scopes.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { causeOf } from '../../shared/domain/reject-causes.ts';
import { changeTable, countTable } from './diff.ts';
import { causeTable } from './rejects.ts';
import { table } from './text-table.ts';

/** Causes and notes that are shown; commands that show all are named. */
const SHOWN = 10;

/** The summary that an import ends with. */
export function loadText(result: LoadResult): string {
  if (result.seasons.length === 0 && result.failed.length > 0 && result.lines.length === 0)
    return endText(result).join('\n');
  const rows = Object.values(result.rows).reduce((sum, n) => sum + n, 0);
  return [
    table(['raw table', 'rows'], Object.entries(result.rows)),
    '',
    `${result.seasons.join(', ') || 'No season is kept'}: ${counted(rows, 'row')}, ${grouped(result.rejected)} rejected, ${grouped(result.notUsed)} not used, ${counted(result.runs, 'run')} in ${result.seconds.toFixed(1)} s`,
    ...linesText(result),
    ...scopesText(result),
    ...changesText(result, 'No row has changed'),
    ...result.stale.map((each) => `Stale now: ${each.table} on ${datesText(each.dates)}`),
    ...endText(result),
  ].join('\n');
}

/** What an import would do. */
export function dryRunText(result: DryRun): string {
  return [
    'Nothing was written. The import would do this:',
    ...linesText(result),
    ...scopesText(result),
    ...changesText(result, 'No row would change'),
    ...result.stale.map((each) => `Can become stale: ${each.table} on ${datesText(each.dates)}`),
    ...endText(result),
  ].join('\n');
}

function datesText(dates: readonly string[]): string {
  return `${counted(dates.length, 'date')} (${listText(dates, 3)})`;
}

type Told = Pick<
  LoadResult,
  'lines' | 'causes' | 'unused' | 'told' | 'notes' | 'dropped' | 'changes' | 'examples' | 'failed' | 'next'
>;

/** What the files mean to hold, and the dates whose final games without rows are missing now, or are not any more. */
function scopesText({ scopes, lookedAgain }: Pick<LoadResult, 'scopes' | 'lookedAgain'>): string[] {
  return [
    ...scopes.map(
      (scope) =>
        `Scope of ${scope.season} (${scope.file}${scope.isNew ? '' : ', as before'}): ${scopeText(scope)}`,
    ),
    ...lookedAgain.flatMap(({ table: name, inside, outside }) => [
      ...(inside.length === 0
        ? []
        : [`Now in the scope of ${name}: ${datesText(inside)}; final games without rows are missing there`]),
      ...(outside.length === 0
        ? []
        : [`Now outside of the scope of ${name}: ${datesText(outside)}; nothing is missing there any more`]),
    ]),
  ];
}

/** Lines by file, then why lines were refused and not used, and what else was noticed. */
function linesText({ lines, causes, unused, told, notes, dropped }: Told): string[] {
  const text: string[] = [];
  if (lines.length > 0)
    text.push(
      '',
      table(
        ['file', 'table', 'read', 'loaded', 'refused', 'not used'],
        lines.map((each: TableLines) => [
          ...[each.file, each.table, each.read, each.loaded, each.refused, each.notUsed],
        ]),
      ),
    );
  if (causes.length > 0) {
    text.push('', 'Refused:', causeTable(causes.slice(0, SHOWN)));
    text.push('All refused rows, with file, line and reason: fullcourt rejects');
  }
  for (const note of unused) text.push(`Not used: ${grouped(note.count)} of ${note.table}: ${note.text}`);
  for (const note of alike(told)) text.push(`Note: ${note.table}: ${note.text} (${grouped(note.count)})`);
  for (const loss of dropped) text.push(`Dropped: ${loss}`);
  for (const note of notes) text.push(`Note: ${note}`);
  return text;
}

/** Notes of a table that differ only in their values are one note, with the values replaced, and the first of them. */
function alike(notes: Told['told']): Pick<Told['told'][number], 'table' | 'text' | 'count'>[] {
  return [...Map.groupBy(notes, ({ table: name, text }) => `${name} ${causeOf(text)}`).values()].flatMap(
    (same) => {
      const [first] = same;
      if (first === undefined) return [];
      const count = same.reduce((sum, each) => sum + each.count, 0);
      const text = same.length > 1 ? `${causeOf(first.text)}; the first: ${first.text}` : first.text;
      return [{ table: first.table, text, count }];
    },
  );
}

function changesText({ changes, examples }: Told, none: string): string[] {
  if (changes.length === 0) return ['', none];
  return [
    '',
    countTable(changes),
    ...(examples.length === 0
      ? []
      : ['', `The first changes; all of a date: fullcourt diff DATE`, changeTable(examples)]),
  ];
}

function endText({ failed, next }: Told): string[] {
  return [...failed, ...(next === null ? ['Nothing else is to be done'] : [`Next: ${next}`])];
}
