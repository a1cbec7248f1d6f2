/** Says what an import would change. Nothing is written. */
import { isBuilt } from '../../shared/domain/partition.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import { addedUp, causesOf } from '../../shared/domain/reject-causes.ts';
import { stateOf } from '../../shared/domain/view.ts';
import type { ChangeCount } from '../../shared/ports/warehouse.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import type { ImportPorts, ImportOptions, LoadResult } from './imports.ts';
import { undatedOf, type SourceFile } from './archive-files.ts';
import { inOrder } from './changes.ts';
import {
  filesWithoutRows,
  toldLines,
  type ImportedLines,
  type TableLines,
  type TableNote,
} from './import-lines.ts';
import { planImport, type ImportPlan } from './import-plan.ts';
import { differencesOf, refusalsOf, tryImport, type TriedDate } from './import-trial.ts';
import { causesFirst, type TableCause } from './rejects.ts';
import { nextCommand, type StaleTable } from './stale-tables.ts';

/**
 * The answer of an import that was not made. `rows` are those of the dates that would change, and `stale` names the built
 * partitions that the import can make stale at most.
 */
export interface DryRun extends Omit<LoadResult, 'runs'> {
  readonly dryRun: true;
}

/**
 * Looks at the files and loads the dates that they would change, without writing anything.
 * @throws RequestError when no file fills a table, or a file is damaged
 */
export async function dryRunImport(
  ports: ImportPorts,
  files: readonly SourceFile[],
  { seasons, replace = false }: ImportOptions = {},
): Promise<DryRun> {
  const started = Date.now();
  const plan = await planImport(ports, files, { seasons, replace });
  const tried = await tryImport(ports, plan, { onlyKnown: false });
  const refused = refusalsOf(tried, replace);
  const lines = linesOf(plan, tried);
  const { changes, examples } = differencesOf(tried);
  const rows: Record<string, number> = {};
  for (const { table, after } of tried) rows[table] = (rows[table] ?? 0) + (after?.rows.length ?? 0);
  const failed = [...refused, ...plan.held, ...filesWithoutRows(lines)];
  const ordered = inOrder(changes);
  const stale = await staleAtMost(ports, ordered);
  return {
    dryRun: true,
    seasons: [
      ...new Set(plan.sources.filter(({ dates }) => dates.length > 0).map(({ season }) => season)),
    ].sort(),
    rows,
    ...toldLines(lines),
    notes: plan.notes,
    dropped: plan.dropped,
    changes: ordered,
    examples,
    stale,
    next: failed.length > plan.held.length ? null : nextCommand(ordered, stale),
    seconds: (Date.now() - started) / 1000,
    failed,
  };
}

/** The built partitions that read what changes, directly or through others. */
async function staleAtMost(ports: ImportPorts, changes: readonly ChangeCount[]): Promise<StaleTable[]> {
  if (changes.length === 0) return [];
  const view = await loadView(ports, ports.registry, await knownSeasons(ports), { gameHashes: false });
  return [...reachOf(view, changes, 'phase5')].flatMap(([table, dates]) => {
    const built = dates.filter((date) => isBuilt(stateOf(view, table, date)));
    return built.length === 0 ? [] : [{ table, dates: built }];
  });
}

/** What became of the lines that were tried, and of the lines without a date. */
function linesOf(plan: ImportPlan, tried: readonly TriedDate[]): ImportedLines {
  const lines: TableLines[] = [];
  const causes: TableCause[] = [];
  const notes: (TableNote & { readonly notUsed?: true })[] = [];
  const firstRefused = new Map<string, { readonly line: number; readonly reason: string }>();
  const told = (table: string, rejects: TriedDateRejects): void => {
    causes.push(...causesOf(rejects).map((cause) => ({ ...cause, table })));
    for (const { file, line, reason } of rejects)
      if (!firstRefused.has(file)) firstRefused.set(file, { line, reason });
  };
  for (const { table, after } of tried) {
    lines.push(
      ...(after?.files ?? []).filter(({ file }) => plan.files.has(file)).map((each) => ({ table, ...each })),
    );
    told(table, after?.rejects.filter(({ file }) => plan.files.has(file)) ?? []);
    notes.push(...(after?.notes ?? []).map((note) => ({ table, ...note })));
  }
  for (const source of plan.sources) {
    const undated = undatedOf(source, plan.files);
    told(source.table, undated);
    for (const [file, of] of Map.groupBy(undated, (each) => each.file))
      lines.push({ table: source.table, file, read: of.length, loaded: 0, refused: of.length, notUsed: 0 });
  }
  const all = [...Map.groupBy(notes, ({ table, file, text }) => `${table} ${file} ${text}`).values()].flatMap(
    ([first, ...rest]) =>
      first === undefined
        ? []
        : [{ ...first, count: rest.reduce((sum, { count }) => sum + count, first.count) }],
  );
  const ofTables = Map.groupBy(causes, ({ table }) => table);
  return {
    lines: [...Map.groupBy(lines, ({ table, file }) => `${table} ${file}`).values()].flatMap(addedLines),
    causes: causesFirst([...ofTables.values()].flatMap((ofTable) => addedUp(ofTable))),
    unused: all.filter(({ notUsed }) => notUsed === true),
    notes: all.filter(({ notUsed }) => notUsed !== true),
    firstRefused,
  };
}

type TriedDateRejects = readonly { readonly file: string; readonly line: number; readonly reason: string }[];

function addedLines(same: readonly TableLines[]): TableLines[] {
  const [first] = same;
  if (first === undefined) return [];
  const sum = (what: 'read' | 'loaded' | 'refused' | 'notUsed'): number =>
    same.reduce((total, each) => total + each[what], 0);
  return [
    { ...first, read: sum('read'), loaded: sum('loaded'), refused: sum('refused'), notUsed: sum('notUsed') },
  ];
}
