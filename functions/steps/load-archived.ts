/** Loads raw tables from their archived files, and writes a report of the rows that were refused. */
import { permanent, ok, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { rowsRejected } from '../../shared/observe/events/warehouse.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { DocumentPorts } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveOf, archivesOf } from '../../shared/state/archives.ts';
import { writeLoadReport } from '../../shared/state/load-reports.ts';
import { loadTable, type LoadedFiles } from '../ingest/load-table.ts';
import { loadContextOf, type LoadContext } from '../ingest/schedule.ts';
import { textOf } from '../ingest/sound-file.ts';
import { RAW_LOADS } from '../processors/loads.ts';

/**
 * Load contexts that are remembered at once. A context belongs to a season and to the files of the tables it is read from.
 */
const MAX_CONTEXTS = 12;

/** What a load uses: documents, and the archived files. */
export type LoadingPorts = DocumentPorts & { readonly archive: ArchiveStore };

/**
 * Makes the loader of a process. The load of box scores must know the schedule, for example: it is read from its own archived
 * files, once for as long as these files stay the same.
 */
export function archivedLoader(
  ports: LoadingPorts,
): (
  table: RegisteredTable,
  dates: readonly GameDate[],
  context?: LogContext,
) => Promise<Result<readonly Row[]>> {
  const contexts = new Map<string, Promise<LoadContext>>();
  return async (table, dates, context) => {
    const first = dates[0];
    const within = context === undefined ? ports : { ...ports, context };
    return first === undefined ? ok([]) : loadArchived(within, table, seasonOf(first), contexts);
  };
}

async function loadArchived(
  ports: LoadingPorts,
  table: RegisteredTable,
  season: Season,
  contexts: Map<string, Promise<LoadContext>>,
): Promise<Result<readonly Row[]>> {
  const { name } = table.definition;
  const context = await rememberedContext(ports, name, season, contexts);
  const loaded = await loadFiles(ports, name, season, context);
  if (loaded === undefined)
    return permanent(
      'source_not_archived',
      `No source files of ${name} are archived for ${season}; load them with \`fullcourt import\``,
    );
  const { rows, rejects, notes } = loaded;
  await writeLoadReport(ports, { table: name, season, rows: rows.length, rejects, notes });
  if (rejects.length > 0) rowsRejected(ports, { table: name, season, rejected: rejects.length });
  return ok(rows);
}

async function loadFiles(
  ports: LoadingPorts,
  table: string,
  season: Season,
  context: LoadContext,
): Promise<LoadedFiles | undefined> {
  const archive = await archiveOf(ports, table, season);
  if (archive === undefined) return undefined;
  const files = await Promise.all(
    archive.files.map(async ({ name, uri }) => ({ name, text: textOf(await ports.archive.get(uri)) })),
  );
  return loadTable(RAW_LOADS.of(table), season, files, context);
}

/**
 * What the load of `table` must know of other tables. It is read from the archived files of these tables and not from their
 * loaded rows, so no load waits for another. It is read again when one of the files has changed.
 */
async function rememberedContext(
  ports: LoadingPorts,
  table: string,
  season: Season,
  contexts: Map<string, Promise<LoadContext>>,
): Promise<LoadContext> {
  const known = RAW_LOADS.knownBefore(table);
  const archives = await archivesOf(ports, known, season);
  const files = archives.map((archive, i) => [
    known[i],
    ...(archive?.files ?? []).map(({ sha256 }) => sha256),
  ]);
  const key = `${season} ${files.join(' ')}`;
  const remembered = contexts.get(key);
  if (remembered !== undefined) return remembered;
  const reading = readContext(ports, known, season);
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  contexts.set(key, reading);
  try {
    return await reading;
  } catch (error) {
    // One failed read of the archive fails this load only: the next load reads again.
    if (contexts.get(key) === reading) contexts.delete(key);
    throw error;
  }
}

/** Reads the tables of `known` in their loading order, each with what the tables before it have told. */
async function readContext(
  ports: LoadingPorts,
  known: readonly string[],
  season: Season,
): Promise<LoadContext> {
  const rows = new Map<string, readonly Row[]>();
  const contextNow = (): LoadContext => loadContextOf((table) => rows.get(table));
  for (const table of known) {
    const loaded = await loadFiles(ports, table, season, contextNow());
    rows.set(table, loaded?.rows ?? []);
  }
  return contextNow();
}
