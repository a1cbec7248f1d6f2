/**
 * The two ids of a game. `GameId` is the id of this pipeline: readable, and the same in every table.
 * `NbaGameId` is the id of the league. Both are branded strings, so that the compiler refuses one in the
 * place of the other.
 */
import { parseGameDate, type GameDate } from './game-date.ts';
import { seasonStarting, type Season } from './season.ts';
import { TRICODES, type Tricode } from './teams.ts';

declare const brand: unique symbol;

/** `YYYYMMDD_AWAY_HOME`: US Eastern game date and tricodes, such as `20240126_DAL_ATL`. */
export type GameId = string & { readonly [brand]: 'GameId' };

/**
 * Ten digits with their leading zeros: three for the kind of game, two for the season, five for the game,
 * such as `0022300645`.
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

/** The kind of game that `id` names, by its first three digits. */
export function kindOfGame(id: NbaGameId): GameKind {
  return KINDS[id.slice(0, 3) as keyof typeof KINDS];
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
