/** Reads the status of a player in an injury report as sources write it. */

const STATUSES: Readonly<Record<string, string>> = {
  out: 'out',
  o: 'out',
  inactive: 'out',
  ofs: 'out',
  outforseason: 'out',
  outfortheseason: 'out',
  outindefinitely: 'out',
  injuredreserve: 'out',
  ir: 'out',
  suspended: 'out',
  suspension: 'out',
  notwithteam: 'out',
  nwt: 'out',
  doubtful: 'doubtful',
  d: 'doubtful',
  questionable: 'questionable',
  q: 'questionable',
  gtd: 'questionable',
  gametimedecision: 'questionable',
  daytoday: 'questionable',
  dtd: 'questionable',
  probable: 'probable',
  p: 'probable',
  available: 'available',
  a: 'available',
  active: 'available',
  cleared: 'available',
};

/** Where a reason begins that stands in the same cell: `Out - Injury/Illness`, `Out (knee)`, `Out: rest`. */
const REASON = /\s+[-–—]+\s*|\s*[(:;,]/;

/** The status that a cell names; undefined when it names none that is known. */
export function injuryStatusIn(cell: string): string | undefined {
  return STATUSES[lettersOf(cell)] ?? STATUSES[lettersOf(cell.split(REASON, 1)[0] ?? '')];
}

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, '');
}
