/**
 * The two names of a game. `GameId` is the system's, readable and the same in every table; `NbaGameId` is the league's.
 * Both are branded strings: neither can be passed, or compared, where the other is meant.
 */
import { parseGameDate, type GameDate } from './game-date.ts';
import { seasonStarting, type Season } from './season.ts';
import { TRICODES, type Tricode } from './teams.ts';

declare const brand: unique symbol;

/** `YYYYMMDD_AWAY_HOME`: US Eastern game date and tricodes. */
export type GameId = string & { readonly [brand]: 'GameId' };

/** Ten digits, leading zeros kept: three for the kind, two for the season, five for the game. */
export type NbaGameId = string & { readonly [brand]: 'NbaGameId' };

/** What a {@link GameId} says. */
export interface GameIdParts {
  readonly date: GameDate;
  readonly away: Tricode;
  readonly home: Tricode;
}

/** The system's id of the game that `away` plays at `home` on `date`. @throws RangeError when a team would play itself */
export function gameId(date: GameDate, away: Tricode, home: Tricode): GameId {
  if (away === home) throw new RangeError(`${away} cannot play itself`);
  return `${date.slice(0, 4)}${date.slice(5, 7)}${date.slice(8, 10)}_${away}_${home}` as GameId;
}

const GAME_ID = /^(\d{4})(\d{2})(\d{2})_([A-Z]{3})_([A-Z]{3})$/;
const CODES: ReadonlySet<string> = new Set(TRICODES);

/** What `text` says as a {@link GameId}, or `undefined` when it is none: no such date, no such team, the same team twice. */
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

/** What kind of game an {@link NbaGameId} names. */
export type GameKind = (typeof KINDS)[keyof typeof KINDS];

/** The kinds of game that the pipeline holds. */
export type SeasonType = Exclude<GameKind, 'preseason' | 'all_star'>;

/** The league's id written in `text`, or `undefined` when it is not ten digits that begin with a known kind. */
export function parseNbaGameId(text: string): NbaGameId | undefined {
  return /^00[1-6]\d{7}$/.test(text) ? (text as NbaGameId) : undefined;
}

/** What kind of game `id` names, by its first three digits. */
export function kindOfGame(id: NbaGameId): GameKind {
  return KINDS[id.slice(0, 3) as keyof typeof KINDS];
}

/** The season of a game, by the fourth and fifth digit of its id: 46 to 99 are 1946 to 1999. */
export function seasonOfGame(id: NbaGameId): Season {
  const year = Number(id.slice(3, 5));
  return seasonStarting(year >= 46 ? 1900 + year : 2000 + year);
}

/** Whether games of `kind` are held: preseason and All-Star games are not. */
export function isSeasonType(kind: GameKind): kind is SeasonType {
  return kind !== 'preseason' && kind !== 'all_star';
}
