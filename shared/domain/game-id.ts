/**
 * The two ids of a game. `GameId` is the id of this pipeline: readable, and the same in every table.
 * `NbaGameId` is the id of the league. Both are branded strings, so that the compiler refuses one in the
 * place of the other.
 */
import { daysBetween, parseGameDate, type GameDate } from './game-date.ts';
import { firstDateOf, seasonOf, seasonStarting, seasonYear, type Season } from './season.ts';
import { TRICODES, type Tricode } from './teams.ts';

declare const brand: unique symbol;

/** `YYYYMMDD_AWAY_HOME`: US Eastern game date and tricodes, such as `20240126_DAL_ATL`. */
export type GameId = string & { readonly [brand]: 'GameId' };

/**
 * Ten digits with their leading zeros: three for the kind of game, two for the season, five for the game,
 * such as `0022300645`. A game that no source has told the id of has a stand-in of ten digits, see {@link standInId}.
 */
export type NbaGameId = string & { readonly [brand]: 'NbaGameId' };

/** The date and the teams that a {@link GameId} names. */
export interface GameIdParts {
  readonly date: GameDate;
  readonly away: Tricode;
  readonly home: Tricode;
}

/**
 * The pipeline's id of the game that `away` plays at `home` on `date`.
 * @throws RangeError when both are the same team
 */
export function gameId(date: GameDate, away: Tricode, home: Tricode): GameId {
  if (away === home) throw new RangeError(`${away} cannot play itself`);
  return `${date.slice(0, 4)}${date.slice(5, 7)}${date.slice(8, 10)}_${away}_${home}` as GameId;
}

const GAME_ID = /^(\d{4})(\d{2})(\d{2})_([A-Z]{3})_([A-Z]{3})$/;
const CODES: ReadonlySet<string> = new Set(TRICODES);

/**
 * The date and the teams of a {@link GameId} written in `text`; undefined when `text` is none: no such
 * date, no such team, or the same team twice.
 */
export function parseGameId(text: string): GameIdParts | undefined {
  const [, year, month, day, away, home] = GAME_ID.exec(text) ?? [];
  const date = parseGameDate(`${year}-${month}-${day}`);
  if (date === undefined || !isTricode(away) || !isTricode(home) || away === home) return undefined;
  return { date, away, home };
}

function isTricode(text: string | undefined): text is Tricode {
  return text !== undefined && CODES.has(text);
}

const KINDS = {
  '001': 'preseason',
  '002': 'regular',
  '003': 'all_star',
  '004': 'playoffs',
  '005': 'play_in',
  '006': 'cup_final',
} as const;

/** The kind of game that an {@link NbaGameId} names. */
export type GameKind = (typeof KINDS)[keyof typeof KINDS];

/** The kinds of games that the pipeline keeps. */
export type SeasonType = Exclude<GameKind, 'preseason' | 'all_star'>;

/** All of them. */
export const SEASON_TYPES = [
  'regular',
  'play_in',
  'playoffs',
  'cup_final',
] as const satisfies readonly SeasonType[];

/** The league's id written in `text`; undefined when it is not ten digits that begin with a known kind. */
export function parseNbaGameId(text: string): NbaGameId | undefined {
  return /^00[1-6]\d{7}$/.test(text) ? (text as NbaGameId) : undefined;
}

/**
 * The id of a game that only sources with ids of their own have told of. It has the digits of an id of the league for the kind and the
 * season, with a 9 before them, as no id of the league begins; the last five are 30 times the days since the first day of the season,
 * plus the place of the home team among the tricodes. The game of 2024-01-26 in Atlanta is `9022303510`. A team plays once on a date,
 * so that no two games have one stand-in. The league's id takes its place as soon as a schedule of the league has the game.
 */
export function standInId(kind: SeasonType, date: GameDate, home: Tricode): NbaGameId {
  const season = seasonOf(date);
  const game = daysBetween(firstDateOf(season), date) * TRICODES.length + TRICODES.indexOf(home);
  const digits =
    Object.entries(KINDS)
      .find(([, each]) => each === kind)?.[0]
      .slice(1) ?? '';
  return `9${digits}${String(seasonYear(season) % 100).padStart(2, '0')}${String(game).padStart(5, '0')}` as NbaGameId;
}

/** Whether an id is a stand-in, and not one of the league. */
export function isStandInId(id: string): boolean {
  return /^90[2456]\d{7}$/.test(id);
}

/** The league's id, or the stand-in of one, that is written in `text`; undefined when it is none of the two. */
export function parseAnyGameId(text: string): NbaGameId | undefined {
  return isStandInId(text) ? (text as NbaGameId) : parseNbaGameId(text);
}

/** The kind of game that `id` names, by its second and third digit. */
export function kindOfGame(id: NbaGameId): GameKind {
  return KINDS[`0${id.slice(1, 3)}` as keyof typeof KINDS];
}

/**
 * The season of a game, by the fourth and fifth digit of its id: 46 to 99 mean 1946 to 1999, 00 to 45 mean
 * 2000 to 2045.
 */
export function seasonOfGame(id: NbaGameId): Season {
  const year = Number(id.slice(3, 5));
  return seasonStarting(year >= 46 ? 1900 + year : 2000 + year);
}

/** Whether the pipeline keeps games of this kind. It does not keep preseason and All-Star games. */
export function isSeasonType(kind: GameKind): kind is SeasonType {
  return kind !== 'preseason' && kind !== 'all_star';
}
