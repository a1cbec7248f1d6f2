/**
 * What source files mean to hold. A final game that is outside of the scope of a raw table is not missing there: nobody has
 * ever meant to bring it. A scope takes nothing away: what the files have rows of is loaded, whatever the scope says.
 */
import type { Archive } from './archive.ts';
import type { GameDate } from './game-date.ts';
import { isSeasonType, kindOfGame, parseAnyGameId, type SeasonType } from './game-id.ts';
import type { Season } from './season.ts';

/** Dates from `start` to `end`, both included. */
export interface DateRange {
  readonly start: GameDate;
  readonly end: GameDate;
}

/** What is meant of a season. An absent field restricts nothing. */
export interface Meant {
  /** Kinds of games; none of them: nothing of the season is meant. */
  readonly seasonTypes?: readonly SeasonType[];
  readonly dates?: readonly DateRange[];
}

/** What a person says of files, for the raw tables that they fill. */
export interface MeantOfSeasons extends Meant {
  readonly seasons?: readonly Season[];
}

/** What files mean to hold. A field of a table takes the place of the same field of the whole. */
export interface Scope extends MeantOfSeasons {
  readonly tables?: Readonly<Record<string, MeantOfSeasons>>;
}

/** What files mean to hold of one season: `meant` for every table that `tables` does not name. */
export interface ScopeOfSeason {
  readonly meant: Meant;
  readonly tables: Readonly<Record<string, Meant>>;
}

/** The scope that a person has given for a season, as it is stored. */
export interface GivenScope extends ScopeOfSeason {
  readonly season: Season;
  /** How often it has changed. */
  readonly revision: number;
  /** The file that says so. */
  readonly file: string;
  /** The person; null when nobody is named. */
  readonly by: string | null;
  readonly at: string;
}

/** What a scope says of one season. A season that it does not name is outside of it as a whole. */
export function scopeFor(scope: Scope, season: Season): ScopeOfSeason {
  const { tables = {}, ...whole } = scope;
  return {
    meant: meantIn(whole, season),
    tables: Object.fromEntries(
      Object.entries(tables).map(([table, own]) => [table, meantIn({ ...whole, ...own }, season)]),
    ),
  };
}

function meantIn({ seasons, ...meant }: MeantOfSeasons, season: Season): Meant {
  return seasons === undefined || seasons.includes(season) ? meant : { seasonTypes: [] };
}

/** Whether two scopes of a season say the same. */
export function isSameScope(a: ScopeOfSeason, b: ScopeOfSeason): boolean {
  const said = ({ seasonTypes, dates }: Meant) => [
    seasonTypes?.toSorted() ?? null,
    dates?.map(({ start, end }) => `${start} ${end}`).sort() ?? null,
  ];
  const all = ({ meant, tables }: ScopeOfSeason): string =>
    JSON.stringify([
      said(meant),
      Object.keys(tables)
        .sort()
        .map((table) => [table, said(tables[table] ?? {})]),
    ]);
  return all(a) === all(b);
}

/** The seasons that a scope names, for any table, ascending. */
export function seasonsNamed({ seasons = [], tables = {} }: Scope): Season[] {
  const all = [...seasons, ...Object.values(tables).flatMap((own) => own.seasons ?? [])];
  return [...new Set(all)].sort();
}

/** What decides whether a game is inside: what the archive of a table has, and what a person has said. */
export interface Scoped {
  readonly archive: Archive | undefined;
  /** What is meant of the table; undefined when nobody has said so. */
  readonly meant: Meant | undefined;
}

/** What the scope of a season says of a table; undefined when there is no scope. */
export function meantOf(scope: ScopeOfSeason | undefined, table: string): Meant | undefined {
  return scope === undefined ? undefined : (scope.tables[table] ?? scope.meant);
}

/**
 * Whether a final game of a kind should have rows in a raw table.
 * - The files have rows of such a game on that date: it should.
 * - Otherwise the scope that a person has given says so.
 * - Without one it should when the files of the season have any game of that kind. For example, files of 2023-24 with regular
 *   games and play-offs mean no game of the play-in. Of a season without files nothing is known, so nothing is outside.
 */
export function isInside({ archive, meant }: Scoped, kind: SeasonType, date: GameDate): boolean {
  if (meant === undefined) return archive === undefined || kindsIn(archive).has(kind);
  if (isMeant(meant, kind, date)) return true;
  const ofDate = archive?.slices[date] ?? [];
  return ofDate.some(({ subjects }) => subjects.some((subject) => kindIn(subject) === kind));
}

function isMeant({ seasonTypes, dates }: Meant, kind: SeasonType, date: GameDate): boolean {
  return (
    (seasonTypes === undefined || seasonTypes.includes(kind)) &&
    (dates === undefined || dates.some(({ start, end }) => start <= date && date <= end))
  );
}

/** The final games of a date that a raw table is not meant to have. */
export interface Outside {
  /** Their kinds, sorted. A date has all games of a kind inside, or none. */
  readonly kinds: readonly SeasonType[];
  readonly games: number;
  /** Whether the date has final games and all of them are outside. */
  readonly isWhole: boolean;
}

/** Nothing is outside. */
export const NOTHING_OUTSIDE: Outside = { kinds: [], games: 0, isWhole: false };

/** How many final games of each kind a date has. */
export type FinalKinds = ReadonlyMap<SeasonType, number>;

/** Those of the final games of a date that are outside of the scope of a raw table. */
export function outsideOn(scoped: Scoped, finals: FinalKinds, date: GameDate): Outside {
  const outside = [...finals].filter(([kind]) => !isInside(scoped, kind, date));
  if (outside.length === 0) return NOTHING_OUTSIDE;
  return {
    kinds: outside.map(([kind]) => kind).sort(),
    games: outside.reduce((sum, [, games]) => sum + games, 0),
    isWhole: outside.length === finals.size,
  };
}

const finals = new WeakMap<Archive, ReadonlyMap<string, FinalKinds>>();

/** The final games of a date by an archived schedule; undefined when it has none. */
export function finalsOn(schedule: Archive | undefined, date: GameDate): FinalKinds | undefined {
  if (schedule === undefined) return undefined;
  const found = finals.get(schedule) ?? finalsIn(schedule);
  finals.set(schedule, found);
  return found.get(date);
}

function finalsIn({ slices }: Archive): ReadonlyMap<string, FinalKinds> {
  const byDate = new Map<string, FinalKinds>();
  for (const [date, ofDate] of Object.entries(slices)) {
    const kinds = new Map<SeasonType, number>();
    for (const game of new Set(ofDate.flatMap((slice) => slice.finals ?? []))) {
      const kind = kindIn(game);
      if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (kinds.size > 0) byDate.set(date, kinds);
  }
  return byDate;
}

function kindIn(subject: string): SeasonType | undefined {
  const id = parseAnyGameId(subject);
  const kind = id === undefined ? undefined : kindOfGame(id);
  return kind !== undefined && isSeasonType(kind) ? kind : undefined;
}

const known = new WeakMap<Archive, ReadonlySet<SeasonType>>();

/** The kinds of games that the archived files have rows of, whether or not these were accepted. */
function kindsIn(archive: Archive): ReadonlySet<SeasonType> {
  const found = known.get(archive);
  if (found !== undefined) return found;
  const kinds = new Set<SeasonType>();
  for (const ofDate of Object.values(archive.slices))
    for (const { subjects } of ofDate)
      for (const subject of subjects) {
        const kind = kindIn(subject);
        if (kind !== undefined) kinds.add(kind);
      }
  known.set(archive, kinds);
  return kinds;
}
