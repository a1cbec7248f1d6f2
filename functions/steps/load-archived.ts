/** The rows that the archived files of a raw table have, with a report of everything that was refused. */
import { permanent, ok, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { rowsRejected } from '../../shared/observe/events.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveOf, archivesOf } from '../../shared/state/archives.ts';
import { writeLoadReport } from '../../shared/state/load-reports.ts';
import { loadTable, type LoadContext, type LoadedFiles } from '../ingest/load-table.ts';
import { playersOf, scheduleOf } from '../ingest/schedule.ts';
import { textOf } from './archive-files.ts';

const NO_CONTEXT: LoadContext = { schedule: new Map(), players: new Map() };

/** Makes the loader of a process. What a load must know beforehand is read once for the same archived files. */
export function archivedLoader(
  ports: Ports,
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
  ports: Ports,
  table: RegisteredTable,
  season: Season,
  contexts: Map<string, Promise<LoadContext>>,
): Promise<Result<readonly Row[]>> {
  const { name } = table.definition;
  const context = await contextOf(ports, name, season, contexts);
  const loaded = await load(ports, name, season, context);
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

async function load(
  ports: Ports,
  table: string,
  season: Season,
  context: LoadContext,
): Promise<LoadedFiles | undefined> {
  const archive = await archiveOf(ports, table, season);
  if (archive === undefined) return undefined;
  const files = await Promise.all(
    archive.files.map(async ({ name, uri }) => ({ name, text: textOf(await ports.archive.get(uri)) })),
  );
  return loadTable(table, season, files, context);
}

/** Which games exist and who plays, from the archived files themselves: a load depends on nothing that is being loaded. */
async function contextOf(
  ports: Ports,
  table: string,
  season: Season,
  contexts: Map<string, Promise<LoadContext>>,
): Promise<LoadContext> {
  const level = LEVELS.findIndex((tables) => tables.includes(table));
  const known = LEVELS.slice(0, level === -1 ? LEVELS.length : level).flat();
  const archives = await archivesOf(ports, known, season);
  const key = `${season} ${archives.map((archive) => archive?.files.map(({ sha256 }) => sha256).join()).join(' ')}`;
  const found = contexts.get(key) ?? readContext(ports, known, season);
  if (!contexts.has(key)) {
    if (contexts.size >= MAX_CONTEXTS) contexts.clear();
    contexts.set(key, found);
  }
  return found;
}

/** Tables whose files a load must know, those of earlier levels first. */
const LEVELS: readonly (readonly string[])[] = [
  ['nbac_schedule'],
  ['nbac_game_results'],
  ['nbac_player_boxscores', 'nbac_team_boxscore'],
];
const MAX_CONTEXTS = 12;

async function readContext(ports: Ports, known: readonly string[], season: Season): Promise<LoadContext> {
  if (known.length === 0) return NO_CONTEXT;
  const scheduled = await load(ports, 'nbac_schedule', season, NO_CONTEXT);
  const games = scheduleOf(scheduled?.rows ?? []);
  if (!known.includes('nbac_game_results')) return { schedule: games, players: new Map() };
  const results = await load(ports, 'nbac_game_results', season, { schedule: games, players: new Map() });
  const schedule = scheduleOf(scheduled?.rows ?? [], results?.rows ?? []);
  if (!known.includes('nbac_player_boxscores')) return { schedule, players: new Map() };
  const boxes = await load(ports, 'nbac_player_boxscores', season, { schedule, players: new Map() });
  return { schedule, players: playersOf(boxes?.rows ?? []) };
}
