/** Writes decisions of persons that the documents know into the journal of an archive that has lost them. */
import type { KnownPerson } from '../../shared/domain/identity.ts';
import { ALIASES, bothHistories } from '../../shared/domain/models.ts';
import { refName } from '../../shared/domain/partition.ts';
import { isSameScope, type GivenScope } from '../../shared/domain/scope.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock, Ports } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { storedAcceptances, type StoredAcceptance } from '../../shared/state/acceptances.ts';
import { answersLater, knownAliases } from '../../shared/state/aliases.ts';
import type { PlayersDocument } from '../../shared/state/identity-documents.ts';
import { aliasHistory, knownModels, modelOf } from '../../shared/state/models.ts';
import { originSince, storedOrigin } from '../../shared/state/origins.ts';
import { scopeOfSeason } from '../../shared/state/scopes.ts';
import { knownPlayers, personsBySeason } from '../../shared/state/players.ts';
import { knownSeasons } from '../../shared/state/views.ts';
import { writeJournal, type JournalEntry } from './journal.ts';
import type { AcceptedAbsence } from './recover-journal.ts';

type Write = (name: string, entry: JournalEntry) => Promise<void>;

/**
 * Completes the journal. A decision for which it tells of a later one is over and is not written.
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
  const write: Write = async (name, entry) => {
    lacked += 1;
    if (!dryRun) await writeJournal({ archive, store }, name, entry);
  };
  const [origin, since] = [await storedOrigin({ store }), await originSince({ store })];
  if (origin !== undefined && since !== undefined && (await storedOrigin({ store: told })) === undefined)
    await write(`${since}-origin`, { kind: 'origin', at: since, origin });
  const persons = await personsBySeason({ store });
  if (!areTold(persons, await knownPlayers({ store: told }))) {
    const at = clock().toISOString();
    await write(`${at}-persons`, { kind: 'persons', at, seasons: persons });
  }
  const toldAliases = await knownAliases({ store: told });
  for (const alias of await knownAliases({ store })) {
    if (toldAliases.some((other) => answersLater(other, alias))) continue;
    const { givenAt, name, id, team, season } = alias;
    await write(`${givenAt}-alias-${id}`, { kind: 'alias', name, id, team, season });
  }
  for (const season of await knownSeasons({ store })) {
    const scope = await scopeOfSeason({ store }, season);
    if (scope === undefined || isScopeTold(scope, await scopeOfSeason({ store: told }, season))) continue;
    const { at, file, by, meant, tables } = scope;
    await write(`${at}-scope-${season}`, {
      kind: 'scope',
      at,
      file,
      by,
      seasons: [{ season, meant, tables: { ...tables } }],
    });
  }
  await modelsAgain({ store }, told, write);
  await acceptancesAgain(
    await storedAcceptances({ store }),
    await storedAcceptances({ store: told }),
    absences,
    write,
  );
  return lacked;
}

/** Writes models and changes of aliases that the journal does not tell of. */
async function modelsAgain(known: Pick<Ports, 'store'>, told: StateStore, write: Write): Promise<void> {
  for (const model of await knownModels(known))
    if ((await modelOf({ store: told }, model.id)) === undefined)
      await write(`${model.trainedAt}-model-${model.id}`, { kind: 'model', at: model.trainedAt, model });
  for (const alias of ALIASES) {
    const toldChanges = await aliasHistory({ store: told }, alias);
    for (const change of await aliasHistory(known, alias)) {
      if (bothHistories(toldChanges, [change]).length === toldChanges.length) continue;
      await write(`${change.at}-model-alias-${alias}`, { kind: 'model_alias', at: change.at, alias, change });
    }
  }
}

/** Whether the journal tells of every person under the same lookup, and of all their teams. */
function areTold(seasons: readonly PlayersDocument[], told: ReadonlyMap<number, KnownPerson>): boolean {
  return seasons.every(
    ({ season, players, teams }) =>
      Object.entries(players).every(([id, { lookup }]) => told.get(Number(id))?.lookup === lookup) &&
      Object.entries(teams).every(([id, codes]) => {
        const known = told.get(Number(id))?.teams?.[season] ?? [];
        return codes.every((code) => known.includes(code));
      }),
  );
}

/** Whether the journal tells of the same scope of a season, or of one that was given later. */
function isScopeTold(scope: GivenScope, told: GivenScope | undefined): boolean {
  return told !== undefined && (told.at >= scope.at || isSameScope(told, scope));
}

/** Writes acceptances of dates for which the journal tells of none that was given with them or later, by decision. */
async function acceptancesAgain(
  known: readonly StoredAcceptance[],
  told: readonly StoredAcceptance[],
  absences: readonly AcceptedAbsence[],
  write: Write,
): Promise<void> {
  const toldAt = new Map<string, string>();
  const tell = (name: string, at: string): void => {
    if ((toldAt.get(name) ?? '') < at) toldAt.set(name, at);
  };
  for (const each of told) tell(refName(each), each.at);
  for (const { table, dates, at } of absences) for (const date of dates) tell(refName({ table, date }), at);
  const lacking = known.filter((each) => (toldAt.get(refName(each)) ?? '') < each.at);
  const decisionOf = ({ table, at, whole }: StoredAcceptance): string =>
    `${at}-${table}-accept-${whole ? 'partitions' : 'rows'}`;
  for (const [name, ofDecision] of Map.groupBy(lacking, decisionOf)) {
    const [first] = ofDecision;
    if (first === undefined) continue;
    const { table, at, by, reason, whole } = first;
    const dates = ofDecision.map(({ date }) => date);
    const contents = Object.fromEntries(ofDecision.map(({ date, content }) => [date, content]));
    await write(name, {
      ...{ kind: 'accept', at, table, dates, reason, by, whole },
      ...(whole ? {} : { contents }),
    });
  }
}
