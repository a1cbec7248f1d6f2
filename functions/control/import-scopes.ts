/** What an import changes in the scopes of seasons, and which dates of raw tables it makes be looked at again. */
import { archivedDates, type Archive } from '../../shared/domain/archive.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { hasScope, scheduleOf } from '../../shared/domain/outside.ts';
import {
  finalsOn,
  isSameScope,
  meantOf,
  outsideOn,
  scopeFor,
  seasonsNamed,
  type GivenScope,
  type Meant,
  type Scope,
  type ScopeOfSeason,
} from '../../shared/domain/scope.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { giveScope, scopeOfSeason } from '../../shared/state/scopes.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { writeJournal } from './journal.ts';
import { listText } from './list-text.ts';
import { scopeIn } from './scope-file.ts';

/** A scope file, and who gives it. */
export interface ScopeSource {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  /** The person; null when nobody is named. */
  readonly by: string | null;
}

/** The scope that a season is given by an import. */
export interface PlannedScope extends ScopeOfSeason {
  readonly season: Season;
  readonly file: string;
  readonly by: string | null;
  /** The scope that it replaces; undefined when the season has none. */
  readonly before: GivenScope | undefined;
}

/** Dates of a raw table that are loaded again although no file says anything new of them. */
export interface LookedAgain {
  readonly table: string;
  readonly season: Season;
  /** Final games without rows are missing from now on. */
  readonly inside: readonly GameDate[];
  /** Final games without rows are not missing any more. */
  readonly outside: readonly GameDate[];
}

type Reading = { readonly store: StateStore };

/** A scope as its file says it. */
export interface ReadScope extends Pick<ScopeSource, 'name' | 'by'> {
  readonly scope: Scope;
}

/** Reads a scope file. @throws RequestError when it is none */
export function readScope({ name, bytes, by }: ScopeSource): ReadScope {
  return { name, by, scope: scopeIn(name, bytes()) };
}

/**
 * The scopes that a scope file gives: to the seasons that the files speak of, and to those that it names itself.
 * @param only the seasons that an import is limited to
 */
export async function planScopes(
  ports: Reading,
  { name, by, scope }: ReadScope,
  ofFiles: readonly Season[],
  only: readonly Season[] | undefined,
): Promise<PlannedScope[]> {
  const seasons = [...new Set([...ofFiles, ...seasonsNamed(scope)])].filter(
    (season) => only?.includes(season) ?? true,
  );
  return Promise.all(
    seasons.sort().map(async (season) => ({
      ...{ season, file: name, by, before: await scopeOfSeason(ports, season) },
      ...scopeFor(scope, season),
    })),
  );
}

/** The archives of one season as an import finds and leaves them. */
interface BeforeAndAfter {
  readonly table: string;
  readonly season: Season;
  readonly before: Archive | undefined;
  readonly after: Archive;
}

/** The dates of raw tables whose final games come into the scope of a table, or leave it, with an import. */
export async function datesLookedAgain(
  ports: Reading,
  sources: readonly BeforeAndAfter[],
  scopes: readonly PlannedScope[],
): Promise<LookedAgain[]> {
  const looked: LookedAgain[] = [];
  const definitions = RAW_LOADS.all.map(({ definition }) => definition);
  const calendarSources = definitions.flatMap(({ name, tells }) => (tells === 'calendar' ? [name] : []));
  const names = definitions.map(({ name }) => name);
  for (const season of new Set([...sources, ...scopes].map((each) => each.season))) {
    const stored = await archivesOf(ports, names, season);
    const before = new Map(names.map((name, i) => [name, stored[i]]));
    const after = new Map(before);
    for (const source of sources) if (source.season === season) after.set(source.table, source.after);
    const planned = scopes.find((scope) => scope.season === season);
    const scopeBefore = planned === undefined ? await scopeOfSeason(ports, season) : planned.before;
    for (const { name, inputs } of definitions.filter(hasScope)) {
      // Nothing of a table without files was loaded before, so nothing is looked at again.
      if (before.get(name) === undefined) continue;
      const schedule = scheduleOf({ inputs }, calendarSources) ?? '';
      const kindsOn = (
        archives: ReadonlyMap<string, Archive | undefined>,
        scope: ScopeOfSeason | undefined,
        date: GameDate,
      ): ReadonlySet<string> | undefined => {
        const finals = finalsOn(archives.get(schedule), date);
        const scoped = { archive: archives.get(name), meant: meantOf(scope, name) };
        return finals === undefined ? undefined : new Set(outsideOn(scoped, finals, date).kinds);
      };
      const found: Record<'inside' | 'outside', GameDate[]> = { inside: [], outside: [] };
      for (const date of datesIn(after.get(schedule))) {
        const was = kindsOn(before, scopeBefore, date);
        const is = kindsOn(after, planned ?? scopeBefore, date);
        if (was === undefined || is === undefined || was.symmetricDifference(is).size === 0) continue;
        found[was.isSubsetOf(is) ? 'outside' : 'inside'].push(date);
      }
      if (found.inside.length + found.outside.length > 0)
        looked.push({ table: name, season, inside: found.inside.sort(), outside: found.outside.sort() });
    }
  }
  return looked;
}

function datesIn(archive: Archive | undefined): GameDate[] {
  return archive === undefined ? [] : archivedDates(archive);
}

/** Stores the scopes of an import, and writes them beside the archived files first. */
export async function storeScopes(
  ports: Reading & { readonly archive: ArchiveStore },
  scopes: readonly PlannedScope[],
  at: string,
): Promise<void> {
  const [first] = scopes;
  if (first === undefined) return;
  const seasons = scopes.map(({ season, meant, tables }) => ({ season, meant, tables }));
  const told = { kind: 'scope', at, file: first.file, by: first.by, seasons } as const;
  await writeJournal(ports, `${at}-scope`, told);
  for (const { before: _, ...scope } of scopes) await giveScope(ports, { ...scope, at });
}

/** Whether an import gives a season another scope than it has. */
export function isNewScope(scope: PlannedScope): boolean {
  return scope.before === undefined || !isSameScope(scope.before, scope);
}

/** What is meant of a season, for a person: `regular, playoffs from 2023-10-24 to 2024-02-01`. */
function meantText({ seasonTypes, dates }: Meant): string {
  if (seasonTypes?.length === 0) return 'nothing';
  const kinds = seasonTypes === undefined ? 'all games' : seasonTypes.join(', ');
  const ranges = (dates ?? []).map(({ start, end }) => `from ${start} to ${end}`);
  return ranges.length === 0 ? kinds : `${kinds} ${listText(ranges, 3)}`;
}

/** The scope of a season, for a person. */
export function scopeText({ meant, tables }: ScopeOfSeason): string {
  const own = Object.entries(tables).map(([table, ofTable]) => `${table}: ${meantText(ofTable)}`);
  return [meantText(meant), ...own].join('; ');
}
