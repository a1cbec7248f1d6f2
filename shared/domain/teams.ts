/** Teams: the 30 tricodes of the NBA, and the codes and names that sources use for the same teams. */

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

/** The city and the name of each franchise, as it was called since 1996. Neither alone is one franchise: there were two Hornets. */
const NAMES: Readonly<Record<Tricode, readonly string[]>> = {
  ATL: ['Atlanta Hawks'],
  BKN: ['Brooklyn Nets', 'New Jersey Nets'],
  BOS: ['Boston Celtics'],
  CHA: ['Charlotte Hornets', 'Charlotte Bobcats'],
  CHI: ['Chicago Bulls'],
  CLE: ['Cleveland Cavaliers'],
  DAL: ['Dallas Mavericks'],
  DEN: ['Denver Nuggets'],
  DET: ['Detroit Pistons'],
  GSW: ['Golden State Warriors'],
  HOU: ['Houston Rockets'],
  IND: ['Indiana Pacers'],
  LAC: ['LA Clippers', 'Los Angeles Clippers'],
  LAL: ['Los Angeles Lakers', 'LA Lakers'],
  MEM: ['Memphis Grizzlies', 'Vancouver Grizzlies'],
  MIA: ['Miami Heat'],
  MIL: ['Milwaukee Bucks'],
  MIN: ['Minnesota Timberwolves'],
  NOP: ['New Orleans Pelicans', 'New Orleans Hornets', 'New Orleans/Oklahoma City Hornets'],
  NYK: ['New York Knicks'],
  OKC: ['Oklahoma City Thunder', 'Seattle SuperSonics'],
  ORL: ['Orlando Magic'],
  PHI: ['Philadelphia 76ers'],
  PHX: ['Phoenix Suns'],
  POR: ['Portland Trail Blazers'],
  SAC: ['Sacramento Kings'],
  SAS: ['San Antonio Spurs'],
  TOR: ['Toronto Raptors'],
  UTA: ['Utah Jazz'],
  WAS: ['Washington Wizards', 'Washington Bullets'],
};

const BY_CODE: ReadonlyMap<string, Tricode> = new Map<string, Tricode>([
  ...TRICODES.map((code) => [code, code] as const),
  ...Object.entries(ALIASES),
  ...TRICODES.flatMap((code) => NAMES[code].map((name) => [name.toUpperCase(), code] as const)),
]);

/**
 * The canonical tricode of the team that a source calls `text`: a code such as `PHO`, or city and name such as `Phoenix Suns`, in
 * upper or lower case. Undefined when no team is called so.
 */
export function canonicalTeam(text: string): Tricode | undefined {
  return BY_CODE.get(text) ?? BY_CODE.get(text.trim().toUpperCase().replaceAll(/\s+/g, ' '));
}
