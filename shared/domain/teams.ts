/** Team codes: the 30 tricodes of the NBA, and the codes other sources use for the same teams. */

/** The canonical tricodes, in alphabetical order. */
export const TRICODES = [
  'ATL',
  'BKN',
  'BOS',
  'CHA',
  'CHI',
  'CLE',
  'DAL',
  'DEN',
  'DET',
  'GSW',
  'HOU',
  'IND',
  'LAC',
  'LAL',
  'MEM',
  'MIA',
  'MIL',
  'MIN',
  'NOP',
  'NYK',
  'OKC',
  'ORL',
  'PHI',
  'PHX',
  'POR',
  'SAC',
  'SAS',
  'TOR',
  'UTA',
  'WAS',
] as const;

/** The code of one team, such as `DAL`. */
export type Tricode = (typeof TRICODES)[number];

/**
 * Codes that Basketball Reference, ESPN and older feeds use for the same teams, and the codes that a franchise had
 * since 1996. A team is its franchise: `NJN` on 2012-01-12 is the team that is `BKN` today.
 */
const ALIASES: Readonly<Record<string, Tricode>> = {
  // New Jersey Nets, to 2011-12.
  NJN: 'BKN',
  BRK: 'BKN',
  BRO: 'BKN',
  CHH: 'CHA',
  CHO: 'CHA',
  GOS: 'GSW',
  GS: 'GSW',
  NO: 'NOP',
  // New Orleans Hornets, 2002-03 to 2012-13; in Oklahoma City from 2005 to 2007.
  NOH: 'NOP',
  NOK: 'NOP',
  NOR: 'NOP',
  NY: 'NYK',
  PHL: 'PHI',
  PHO: 'PHX',
  SA: 'SAS',
  // Seattle SuperSonics, to 2007-08.
  SEA: 'OKC',
  SAN: 'SAS',
  UTAH: 'UTA',
  UTH: 'UTA',
  // Vancouver Grizzlies, to 2000-01.
  VAN: 'MEM',
  // Washington Bullets, to 1996-97.
  WSB: 'WAS',
  WSH: 'WAS',
};

const BY_CODE: ReadonlyMap<string, Tricode> = new Map<string, Tricode>([
  ...TRICODES.map((code) => [code, code] as const),
  ...Object.entries(ALIASES),
]);

/**
 * The canonical tricode of the team that a source calls `code`, in upper or lower case; undefined when no
 * team has that code.
 */
export function canonicalTeam(code: string): Tricode | undefined {
  return BY_CODE.get(code) ?? BY_CODE.get(code.trim().toUpperCase());
}
