/** Loads the dates of raw tables from the archived files that speak of them, and reports what was refused. */
import { permanent, ok, transient, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Lacking } from '../../shared/domain/lacking.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { rowsRejected } from '../../shared/observe/events/warehouse.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { DocumentPorts } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { acceptancesOf } from '../../shared/state/acceptances.ts';
import { archiveOf, archivesOf } from '../../shared/state/archives.ts';
import type { Acceptance } from '../../shared/state/documents.ts';
import { writeLoadReport, type ReportOfLoad } from '../../shared/state/load-reports.ts';
import { knownAliases } from '../../shared/state/aliases.ts';
import type { NameAnswer } from '../../shared/state/identity-documents.ts';
import { writeNameAnswers } from '../../shared/state/name-answers.ts';
import { knownPlayers } from '../../shared/state/players.ts';
import { attemptsIn, type Attempts } from '../ingest/attempts.ts';
import { ArchiveDamage, archivedParts } from '../ingest/archived-lines.ts';
import { loadTable } from '../ingest/load-table.ts';
import type { RawLoad } from '../ingest/raw-load.ts';
import type { LoadContext, Schedule } from '../ingest/schedule.ts';
import { archivedSchedule, isOfSchedule } from '../control/archived-schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { knownOfDate, scopeOf } from '../ingest/known-independently.ts';
import type { LoadedDate, LoadedRows } from './context.ts';

/** Schedules that are remembered at once. A schedule belongs to a season and to the files it is read from. */
const MAX_SCHEDULES = 12;

/** What a load uses: documents, and the archived files. */
export type LoadingPorts = DocumentPorts & { readonly archive: ArchiveStore };

/**
 * Makes the loader of a process. Each date is loaded by itself from the lines that speak of it, so that a date has the same rows
 * whether it is loaded alone or with its season. What other loads must know of the schedule is read from its own archived
 * files, once for as long as these files stay the same.
 */
export function archivedLoader(
  ports: LoadingPorts,
): (table: RegisteredTable, dates: readonly GameDate[], context?: LogContext) => Promise<Result<LoadedRows>> {
  const schedules = new Map<string, Promise<Schedule>>();
  return async (table, dates, context) => {
    const first = dates[0];
    if (first === undefined) return ok({ rows: [], dates: new Map() });
    const within = context === undefined ? ports : { ...ports, context };
    try {
      return await loadArchived(within, table, seasonOf(first), dates, schedules);
    } catch (error) {
      if (error instanceof ArchiveDamage) return permanent('archive_damaged', error.message);
      throw error;
    }
  };
}

async function loadArchived(
  ports: LoadingPorts,
  table: RegisteredTable,
  season: Season,
  dates: readonly GameDate[],
  schedules: Map<string, Promise<Schedule>>,
): Promise<Result<LoadedRows>> {
  const { name } = table.definition;
  const load = RAW_LOADS.of(name);
  const archive = await archiveOf(ports, name, season);
  if (archive === undefined)
    return permanent(
      'source_not_archived',
      `No source files of ${name} are archived for ${season}; load them with \`fullcourt import\``,
    );
  const context: LoadContext = {
    schedule: await rememberedSchedule(ports, name, season, schedules),
    players: await knownPlayers(ports),
    aliases: await knownAliases(ports),
  };
  const parts = archivedParts(ports.archive);
  const attemptsOf = await attemptsReader(ports, load, season);
  const rows: Row[] = [];
  const reports = new Map<GameDate, ReportOfLoad>();
  const found = new Map<GameDate, LoadedDate>();
  const answers = new Map<GameDate, readonly NameAnswer[]>();
  const scope = scopeOf(archive);
  const acceptanceOf = await acceptancesOf(ports, archive);
  for (const date of dates) {
    const told = { ...context, attempts: await attemptsOf(date) };
    const loaded = loadTable(load, season, await parts(archive, date), told, date);
    for (const row of loaded.rows) rows.push(row);
    const { rejects, notes, read, notUsed, files } = loaded;
    const rejected = rejects.length;
    reports.set(date, { read, rows: loaded.rows.length, rejected, notUsed, rejects, notes, files });
    answers.set(date, loaded.answers);
    const known = knownOfDate(load.definition, date, loaded.rows, loaded.lacking, context.schedule, scope);
    found.set(date, {
      ...known,
      lacking: [...known.lacking, ...lackingNames(loaded.answers)],
      isArchived: date in archive.slices,
      accepted: acceptedText(acceptanceOf(date)),
      held: shrunkText(heldGames(archive, date)),
      hasLostGames: [archive, ...schedules].some((each) => hasLostGames(each, date)),
    });
  }
  await writeLoadReport(ports, { table: name, season }, reports);
  if (!(await writeNameAnswers(ports, { table: name, season }, answers)))
    return transient('names_changed', `Names in ${name} are matched otherwise than when the load began`);
  const rejected = [...reports.values()].reduce((sum, report) => sum + report.rejected, 0);
  if (rejected > 0) rowsRejected(ports, { table: name, season, rejected });
  return ok({ rows, dates: found });
}

/** `accepted by ANN: the league lost the scoresheet`. */
function acceptedText(acceptance: Acceptance | undefined): string | null {
  return acceptance === undefined
    ? null
    : `accepted by ${acceptance.by ?? 'a person who is not named'}: ${acceptance.reason}`;
}

/** Names that unresolved rows are named by in the reason of a partition. */
const MAX_NAMED = 5;

/** The names of a date that were matched with nobody. */
function lackingNames(answers: readonly NameAnswer[]): Lacking[] {
  const names = answers.filter(({ matchedBy }) => matchedBy === 'nobody').map(({ name }) => name);
  if (names.length === 0) return [];
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return [{ code: 'unresolved_names', detail: `${names.slice(0, MAX_NAMED).join('; ')}${more}` }];
}

const BOX_SCORES = 'nbac_player_boxscores';

/** A reader of what box scores say of the shots of a date, for a load whose table has them as an input; for others of nothing. */
async function attemptsReader(
  ports: LoadingPorts,
  { definition }: RawLoad,
  season: Season,
): Promise<(date: GameDate) => Promise<readonly Attempts[] | undefined>> {
  const archive = definition.inputs.some(({ table }) => table === BOX_SCORES)
    ? await archiveOf(ports, BOX_SCORES, season)
    : undefined;
  if (archive === undefined) return () => Promise.resolve(undefined);
  const parts = archivedParts(ports.archive);
  return async (date) => attemptsIn(await parts(archive, date));
}

/**
 * What the load of `table` must know of the schedule. It is read from archived files and not from loaded rows, so no load waits
 * for another. It is read again when one of the files has changed.
 */
async function rememberedSchedule(
  ports: LoadingPorts,
  table: string,
  season: Season,
  schedules: Map<string, Promise<Schedule>>,
): Promise<Schedule> {
  const known = RAW_LOADS.knownBefore(table).filter(isOfSchedule);
  const archives = await archivesOf(ports, known, season);
  const key = `${season} ${archives.map((archive, i) => `${known[i] ?? ''}:${archive?.revision ?? 0}`).join(' ')}`;
  const remembered = schedules.get(key);
  if (remembered !== undefined) return remembered;
  const reading = archivedSchedule(archivedParts(ports.archive), archives, season);
  if (schedules.size >= MAX_SCHEDULES) schedules.clear();
  schedules.set(key, reading);
  try {
    return await reading;
  } catch (error) {
    // One failed read of the archive fails this load only: the next load reads again.
    if (schedules.get(key) === reading) schedules.delete(key);
    throw error;
  }
}
