/** Reads ids, kinds of games and positions as the sources write them. */
import { parseNbaGameId, type NbaGameId, type SeasonType } from '../../shared/domain/game-id.ts';
import { isSeason, seasonStarting, type Season } from '../../shared/domain/season.ts';

/** An id whose leading zeros a spreadsheet has taken off; it may have made it a decimal number. */
const WITHOUT_ZEROS = /^([1-6]\d{7})(?:\.0+)?$/;

/** The league's id of a game, with or without its two leading zeros: `22200076` is `0022200076`. */
export function gameIdIn(plain: string): NbaGameId | undefined {
  const id = parseNbaGameId(plain);
  if (id !== undefined) return id;
  const [, digits] = WITHOUT_ZEROS.exec(plain) ?? [];
  return digits === undefined ? undefined : parseNbaGameId(`00${digits}`);
}

/** The season in a cell: `2022-23`, `2022/23` or `2022-2023`. */
export function seasonIn(plain: string): Season | undefined {
  if (isSeason(plain)) return plain;
  const [, first, last] = /^(\d{4})[-/](\d{2}|\d{4})$/.exec(plain) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const season = seasonStarting(Number(first));
  return last === season.slice(5) || last === String(Number(first) + 1) ? season : undefined;
}

const SEASON_TYPES: Readonly<Record<string, SeasonType>> = {
  regular: 'regular',
  regularseason: 'regular',
  playoff: 'playoffs',
  playoffs: 'playoffs',
  postseason: 'playoffs',
  playin: 'play_in',
  playintournament: 'play_in',
  cupfinal: 'cup_final',
};

/** The kind of game in a cell, such as `Regular Season` or `PlayIn`. */
export function seasonTypeIn(plain: string): SeasonType | undefined {
  return SEASON_TYPES[plain] ?? SEASON_TYPES[plain.toLowerCase().replace(/[^a-z]/g, '')];
}

const POSITIONS: Readonly<Record<string, string>> = {
  G: 'G',
  PG: 'G',
  SG: 'G',
  GUARD: 'G',
  POINTGUARD: 'G',
  SHOOTINGGUARD: 'G',
  F: 'F',
  SF: 'F',
  PF: 'F',
  FORWARD: 'F',
  SMALLFORWARD: 'F',
  POWERFORWARD: 'F',
  C: 'C',
  CENTER: 'C',
  CENTRE: 'C',
};

/**
 * The position in a cell as `G`, `F`, `C` or two of them: `PG` is `G`, `Guard-Forward` and `SG/SF` are `G-F`. A cell that
 * names no position is given back as it is.
 */
export function positionIn(plain: string): string {
  const parts = plain
    .toUpperCase()
    .split(/[-/,]/)
    .map((part) => POSITIONS[part.replaceAll(/[^A-Z]/g, '')]);
  return parts.includes(undefined) ? plain : [...new Set(parts)].join('-');
}
