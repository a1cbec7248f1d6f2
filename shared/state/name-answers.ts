/** The one writer of what names in raw rows were matched with. */
import type { GameDate } from '../domain/game-date.ts';
import { answersDigest, identityOf, matchOf, type Identity } from '../domain/identity.ts';
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import type { StateStore, Transaction } from '../ports/state-store.ts';
import { knownAliases } from './aliases.ts';
import { paths } from './documents.ts';
import {
  askedNamesDocument,
  nameAnswersDocument,
  type AskedNamesDocument,
  type NameAnswer,
  type NameAnswersDocument,
} from './identity-documents.ts';
import { knownPlayers } from './players.ts';
import { readerOf } from './stored.ts';

const digests = readerOf<NameAnswersDocument>(nameAnswersDocument);
const asked = readerOf<AskedNamesDocument>(askedNamesDocument);

/** A raw table in one season. */
interface TableSeason {
  readonly table: string;
  readonly season: Season;
}

type Answers = readonly NameAnswer[];

/** The ten days, or fewer, of a date that are in one document: `2024-01-2` are the 20th to the 29th of January. */
function periodOf(date: string): string {
  return date.slice(0, 9);
}

/** Who is who by everything that is known now. */
export async function knownIdentity(ports: Pick<Ports, 'store'>): Promise<Identity> {
  return identityOf(await knownPlayers(ports), await knownAliases(ports));
}

/** The digests of answers of tables in a season, in the order of `tables`; undefined for a table without names to match. */
export async function nameAnswersOf(
  { store }: Pick<Ports, 'store'>,
  tables: readonly string[],
  season: Season,
): Promise<(NameAnswersDocument | undefined)[]> {
  const wanted = tables.map((table) => paths.nameAnswers(table, season));
  const found = await store.getAll(wanted);
  return wanted.map((path, i) => digests.read(path, found[i]));
}

/** The names of all tables and periods, with whom they are matched. */
export async function askedNames({ store }: Pick<Ports, 'store'>): Promise<AskedNamesDocument[]> {
  return asked.readAll(await store.list('asked_names'));
}

/** Copies what the names of some seasons were matched with from one store to another, which has none of them. */
export async function copyNameAnswers(
  from: StateStore,
  to: StateStore,
  tables: readonly string[],
  seasons: readonly Season[],
): Promise<void> {
  const names = (await askedNames({ store: from })).filter(({ season }) => seasons.includes(season));
  const copied: [path: string, document: object][] = names.map((document) => [
    paths.askedNames(document.table, document.period),
    document,
  ]);
  for (const season of seasons)
    for (const found of await nameAnswersOf({ store: from }, tables, season))
      if (found !== undefined) copied.push([paths.nameAnswers(found.table, season), found]);
  await to.transaction((tx) => {
    for (const [path, document] of copied) tx.set(path, document);
    return Promise.resolve();
  });
}

/**
 * Replaces the answers of the dates that have just been loaded.
 * @returns false when somebody has given an alias or named players meanwhile, so that the load has used answers that no
 * longer hold
 */
export async function writeNameAnswers(
  ports: Pick<Ports, 'store'>,
  of: TableSeason,
  loaded: ReadonlyMap<GameDate, Answers>,
): Promise<boolean> {
  const [before] = await nameAnswersOf(ports, [of.table], of.season);
  const changed = [...loaded].filter(
    ([date, answers]) => answersDigest(answers) !== (before?.dates[date] ?? ''),
  );
  for (const [period, dates] of Map.groupBy(changed, ([date]) => periodOf(date)))
    await ports.store.transaction((tx) => write(tx, of, period, dates, 0));
  const periods = [...loaded].flatMap(([date, { length }]) => (length > 0 ? [periodOf(date)] : []));
  if (periods.length === 0) return true;
  const wanted = [...new Set(periods)].map((period) => paths.askedNames(of.table, period));
  const stored = await ports.store.getAll(wanted);
  const documents = wanted.flatMap((path, i) => asked.read(path, stored[i]) ?? []);
  return (await refresh(ports, documents)).length === 0;
}

/**
 * Matches all names anew, after an alias was given or files have named more players.
 * @returns the partitions whose answers have changed: they are stale now
 */
export async function refreshAnswers(
  ports: Pick<Ports, 'store'>,
): Promise<(TableSeason & { readonly dates: readonly string[] })[]> {
  return refresh(ports, await askedNames(ports));
}

async function refresh(ports: Pick<Ports, 'store'>, documents: readonly AskedNamesDocument[]) {
  if (documents.length === 0) return [];
  const identity = await knownIdentity(ports);
  const changed: (TableSeason & { readonly dates: readonly string[] })[] = [];
  for (const { table, season, period } of documents) {
    const moved = await ports.store.transaction(async (tx) => {
      const path = paths.askedNames(table, period);
      const now = asked.read(path, await tx.get(path));
      const anew = Object.entries(now?.dates ?? {}).flatMap(([date, answers]) => {
        const found = answers.map((answer) => matchedAnew(identity, season, answer));
        return answersDigest(found) === answersDigest(answers) ? [] : [[date, found] as const];
      });
      if (anew.length > 0) await write(tx, { table, season }, period, anew, 1);
      return anew.map(([date]) => date).sort();
    });
    if (moved.length > 0) changed.push({ table, season, dates: moved });
  }
  return changed;
}

/** Writes answers of dates of one period, and their digests. Dates without names to match are taken out. */
async function write(
  tx: Transaction,
  { table, season }: TableSeason,
  period: string,
  answers: readonly (readonly [date: string, answers: Answers])[],
  changes: 0 | 1,
): Promise<void> {
  const namesPath = paths.askedNames(table, period);
  const digestsPath = paths.nameAnswers(table, season);
  const names = asked.read(namesPath, await tx.get(namesPath));
  const known = digests.read(digestsPath, await tx.get(digestsPath));
  const withNames = answers.filter(([, { length }]) => length > 0);
  const isKept = ([date]: [string, unknown]): boolean => answers.every(([changed]) => changed !== date);
  tx.set(namesPath, {
    table,
    season,
    period,
    dates: Object.fromEntries([...Object.entries(names?.dates ?? {}).filter(isKept), ...withNames]),
  });
  tx.set(digestsPath, {
    table,
    season,
    changes: (known?.changes ?? 0) + changes,
    dates: Object.fromEntries([
      ...Object.entries(known?.dates ?? {}).filter(isKept),
      ...withNames.map(([date, found]) => [date, answersDigest(found)] as const),
    ]),
  });
}

function matchedAnew(identity: Identity, season: Season, answer: NameAnswer): NameAnswer {
  const { lookup, matchedBy } = matchOf(identity, season, answer);
  return { ...answer, lookup, matchedBy };
}
