/** Loads the dates of raw tables from the archived files that speak of them, and reports what was refused. */
import { hasLostGames, heldGames } from '../../shared/domain/archive.ts';
import { permanent, ok, transient, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Lacking } from '../../shared/domain/lacking.ts';
import { shrunkText } from '../../shared/domain/leaving.ts';
import { acceptedText } from '../../shared/domain/partition.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { kindsInside } from '../../shared/domain/outside.ts';
import { meantOf } from '../../shared/domain/scope.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { readBeside } from '../../shared/domain/table.ts';
import { rowsRejected } from '../../shared/observe/events/warehouse.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { DocumentPorts } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { acceptancesOf } from '../../shared/state/acceptances.ts';
import { archiveOf, archivesOf } from '../../shared/state/archives.ts';
import { writeLoadReport, type ReportOfLoad } from '../../shared/state/load-reports.ts';
import { knownAliases } from '../../shared/state/aliases.ts';
import type { NameAnswer } from '../../shared/state/identity-documents.ts';
import { writeNameAnswers } from '../../shared/state/name-answers.ts';
import { scopeOfSeason } from '../../shared/state/scopes.ts';
import { knownPlayers } from '../../shared/state/players.ts';
import { ArchiveDamage, archivedParts } from '../ingest/archived-lines.ts';
import { loadTable } from '../ingest/load-table.ts';
import { NOT_PLAYED } from '../ingest/raw-load.ts';
import { contextOfDate, tablesToKnow, type KnownArchive } from '../control/date-context.ts';
import type { ReadGames } from '../control/archived-schedule.ts';
import { witnessTotals, type WitnessTotals } from '../control/witness-totals.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { knownOfDate } from '../ingest/known-independently.ts';
import type { LoadedDate, LoadedRows } from './context.ts';

/** What a load uses: documents, and the archived files. */
export type LoadingPorts = DocumentPorts & { readonly archive: ArchiveStore };

/**
 * Makes the loader of a process. Each date is loaded by itself from the lines that speak of it, so that a date has the same rows
 * whether it is loaded alone or with its season. The games that a load must know are read from the archived schedule, once for as
 * long as its files stay the same.
 */
export function archivedLoader(
  ports: LoadingPorts,
): (table: RegisteredTable, dates: readonly GameDate[], context?: LogContext) => Promise<Result<LoadedRows>> {
  const games: ReadGames = new Map();
  const witnesses = witnessTotals(games);
  return async (table, dates, context) => {
    const first = dates[0];
    if (first === undefined) return ok({ rows: [], dates: new Map() });
    const within = context === undefined ? ports : { ...ports, context };
    try {
      return await loadArchived(within, table, seasonOf(first), dates, games, witnesses);
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
  games: ReadGames,
  witnesses: WitnessTotals,
): Promise<Result<LoadedRows>> {
  const { name } = table.definition;
  const load = RAW_LOADS.of(name);
  const archive = await archiveOf(ports, name, season);
  if (archive === undefined)
    return permanent(
      'source_not_archived',
      `No source files of ${name} are archived for ${season}; load them with \`fullcourt import\``,
    );
  const others = [...tablesToKnow(load), ...readBeside(load.definition)];
  const archives = await archivesOf(ports, others, season);
  const known: KnownArchive = {
    season,
    archives: new Map([[name, archive], ...others.map((other, i) => [other, archives[i]] as const)]),
    parts: archivedParts(ports.archive),
    players: await knownPlayers(ports),
    aliases: await knownAliases(ports),
  };
  const rows: Row[] = [];
  const reports = new Map<GameDate, ReportOfLoad>();
  const found = new Map<GameDate, LoadedDate>();
  const answers = new Map<GameDate, readonly NameAnswer[]>();
  const scoped = { archive, meant: meantOf(await scopeOfSeason(ports, season), name) };
  const acceptanceOf = await acceptancesOf(ports, archive);
  for (const date of dates) {
    const context = await contextOfDate(known, load, date, games);
    const loaded = loadTable(load, season, await known.parts(archive, date), context, date);
    const totals = await witnesses.of(known, load, date, loaded.rows);
    for (const row of loaded.rows) rows.push(row);
    const { rejects, notes, read, notUsed, files } = loaded;
    const rejected = rejects.length;
    reports.set(date, { read, rows: loaded.rows.length, rejected, notUsed, rejects, notes, files });
    answers.set(date, loaded.answers);
    const acceptance = acceptanceOf(date);
    const scope = kindsInside(load.definition, scoped, date);
    const expected = knownOfDate(
      load.definition,
      date,
      loaded.rows,
      loaded.lacking,
      context.schedule,
      scope,
      totals,
    );
    found.set(date, {
      ...expected,
      // Rows that stand for refused lines are counted already.
      lackingRows: Math.max(
        0,
        Math.max(expected.lackingRows, ...loaded.lacks.map(({ rows: lack }) => lack)) - loaded.standIns,
      ),
      lacking: [
        ...expected.lacking,
        ...loaded.lacks.map(({ code, detail }) => ({ code, detail })),
        ...lackingNames(loaded.answers),
      ],
      outOfRange: loaded.outOfRange,
      isArchived: date in archive.slices,
      accepted: acceptance === undefined ? null : acceptedText(acceptance),
      held: shrunkText(heldGames(archive, date)),
      hasLostGames:
        [archive, ...archives].some((each) => hasLostGames(each, date)) ||
        loaded.notes.some(({ notUsed, text }) => notUsed === true && text === NOT_PLAYED),
    });
  }
  await writeLoadReport(ports, { table: name, season }, reports);
  if (!(await writeNameAnswers(ports, { table: name, season }, answers)))
    return transient('names_changed', `Names in ${name} are matched otherwise than when the load began`);
  const rejected = [...reports.values()].reduce((sum, report) => sum + report.rejected, 0);
  if (rejected > 0) rowsRejected(ports, { table: name, season, rejected });
  return ok({ rows, dates: found });
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
