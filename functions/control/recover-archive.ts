/** Writes decisions of persons that the documents know into the journal of an archive that has lost them. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName } from '../../shared/domain/partition.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { listAcceptances } from '../../shared/state/acceptances.ts';
import { knownAliases } from '../../shared/state/aliases.ts';
import { originSince, storedOrigin } from '../../shared/state/origins.ts';
import { scopeOfSeason } from '../../shared/state/scopes.ts';
import { knownPlayers, personsBySeason } from '../../shared/state/players.ts';
import { knownSeasons } from '../../shared/state/views.ts';
import { writeJournal } from './journal.ts';
import type { AcceptedAbsence } from './recover-journal.ts';

/**
 * Completes the journal.
 * @param told what the journal tells, as documents
 * @param absences acceptances of whole partitions that it tells
 * @param dryRun nothing is written
 * @returns how many decisions it lacked
 */
export async function journalAgain(
  {
    store,
    archive,
    clock,
  }: { readonly store: StateStore; readonly archive: Pick<ArchiveStore, 'write'>; readonly clock: Clock },
  told: StateStore,
  absences: readonly AcceptedAbsence[],
  dryRun: boolean,
): Promise<number> {
  let lacked = 0;
  const write = async (name: string, entry: Parameters<typeof writeJournal>[2]): Promise<void> => {
    lacked += 1;
    if (!dryRun) await writeJournal(archive, name, entry);
  };
  const [origin, since] = [await storedOrigin({ store }), await originSince({ store })];
  if (origin !== undefined && since !== undefined && (await storedOrigin({ store: told })) === undefined)
    await write(`${since}-origin`, { kind: 'origin', at: since, origin });
  const persons = await personsBySeason({ store });
  const toldPersons = await knownPlayers({ store: told });
  const isTold = ({ players }: (typeof persons)[number]): boolean =>
    Object.entries(players).every(([id, { lookup }]) => toldPersons.get(Number(id))?.lookup === lookup);
  if (!persons.every(isTold)) {
    const at = clock().toISOString();
    await write(`${at}-persons`, { kind: 'persons', at, seasons: persons });
  }
  const toldAliases = await knownAliases({ store: told });
  for (const { givenAt, name, id, team, season } of await knownAliases({ store }))
    if (!toldAliases.some((alias) => alias.name === name && alias.team === team && alias.season === season))
      await write(`${givenAt}-alias-${id}`, { kind: 'alias', name, id, team, season });
  for (const season of await knownSeasons({ store })) {
    const scope = await scopeOfSeason({ store }, season);
    if (scope === undefined || (await scopeOfSeason({ store: told }, season)) !== undefined) continue;
    const { at, file, by, meant, tables } = scope;
    await write(`${at}-scope-${season}`, {
      kind: 'scope',
      at,
      file,
      by,
      seasons: [{ season, meant, tables: { ...tables } }],
    });
  }
  const toldDates = new Set([
    ...(await listAcceptances({ store: told })).map(refName),
    ...absences.flatMap(({ table, dates }) => dates.map((date) => refName({ table, date }))),
  ]);
  const lacking = (await listAcceptances({ store })).filter((ref) => !toldDates.has(refName(ref)));
  for (const [, ofDecision] of Map.groupBy(lacking, ({ table, at }) => `${at}-${table}`)) {
    const [first] = ofDecision;
    if (first === undefined) continue;
    const { table, at, by, reason } = first;
    const dates: GameDate[] = ofDecision.map(({ date }) => date);
    await write(`${at}-${table}-accept`, { kind: 'accept', at, table, dates, reason, by });
  }
  return lacked;
}
