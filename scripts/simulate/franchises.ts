/** The 30 teams: their ids at stats.nba.com, their arenas, and their divisions. */
import { TRICODES, type Tricode } from '../../shared/domain/teams.ts';

export interface Franchise {
  readonly code: Tricode;
  readonly id: number;
  readonly arena: string;
  readonly city: string;
  /** Hours the clock in the arena is behind US Eastern. */
  readonly behindEastern: 0 | 1 | 2 | 3;
  /** 0 to 5; the first three are the east, the last three the west. */
  readonly division: number;
}

type Facts = readonly [
  id: number,
  behindEastern: 0 | 1 | 2 | 3,
  division: number,
  arena: string,
  city: string,
];

const FACTS: Readonly<Record<Tricode, Facts>> = {
  ATL: [1610612737, 0, 2, 'State Farm Arena', 'Atlanta'],
  BKN: [1610612751, 0, 0, 'Barclays Center', 'Brooklyn'],
  BOS: [1610612738, 0, 0, 'TD Garden', 'Boston'],
  CHA: [1610612766, 0, 2, 'Spectrum Center', 'Charlotte'],
  CHI: [1610612741, 1, 1, 'United Center', 'Chicago'],
  CLE: [1610612739, 0, 1, 'Rocket Mortgage FieldHouse', 'Cleveland'],
  DAL: [1610612742, 1, 5, 'American Airlines Center', 'Dallas'],
  DEN: [1610612743, 2, 3, 'Ball Arena', 'Denver'],
  DET: [1610612765, 0, 1, 'Little Caesars Arena', 'Detroit'],
  GSW: [1610612744, 3, 4, 'Chase Center', 'San Francisco'],
  HOU: [1610612745, 1, 5, 'Toyota Center', 'Houston'],
  IND: [1610612754, 0, 1, 'Gainbridge Fieldhouse', 'Indianapolis'],
  LAC: [1610612746, 3, 4, 'Crypto.com Arena', 'Los Angeles'],
  LAL: [1610612747, 3, 4, 'Crypto.com Arena', 'Los Angeles'],
  MEM: [1610612763, 1, 5, 'FedExForum', 'Memphis'],
  MIA: [1610612748, 0, 2, 'Kaseya Center', 'Miami'],
  MIL: [1610612749, 1, 1, 'Fiserv Forum', 'Milwaukee'],
  MIN: [1610612750, 1, 3, 'Target Center', 'Minneapolis'],
  NOP: [1610612740, 1, 5, 'Smoothie King Center', 'New Orleans'],
  NYK: [1610612752, 0, 0, 'Madison Square Garden', 'New York'],
  OKC: [1610612760, 1, 3, 'Paycom Center', 'Oklahoma City'],
  ORL: [1610612753, 0, 2, 'Kia Center', 'Orlando'],
  PHI: [1610612755, 0, 0, 'Wells Fargo Center', 'Philadelphia'],
  PHX: [1610612756, 2, 4, 'Footprint Center', 'Phoenix'],
  POR: [1610612757, 3, 3, 'Moda Center', 'Portland'],
  SAC: [1610612758, 3, 4, 'Golden 1 Center', 'Sacramento'],
  SAS: [1610612759, 1, 5, 'Frost Bank Center', 'San Antonio'],
  TOR: [1610612761, 0, 0, 'Scotiabank Arena', 'Toronto'],
  UTA: [1610612762, 2, 3, 'Delta Center', 'Salt Lake City'],
  WAS: [1610612764, 0, 2, 'Capital One Arena', 'Washington'],
};

/** The teams in the order of their tricodes; a smaller league has the first ones. */
export const FRANCHISES: readonly Franchise[] = TRICODES.map((code) => {
  const [id, behindEastern, division, arena, city] = FACTS[code];
  return { code, id, arena, city, behindEastern, division };
});
