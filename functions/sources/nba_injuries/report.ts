/**
 * Reads an injury report: a table of games, teams, and players with their status and the reason. A cell stands on as many lines as it
 * needs, in the middle of its row; one at the end of a page may go on at the top of the next.
 */
import { easternToUtc } from '../../../shared/domain/eastern-time.ts';
import { firstNameFirst } from '../../../shared/domain/player-names.ts';
import { canonicalTeam, type Tricode } from '../../../shared/domain/teams.ts';
import { halfHourIn } from '../eastern-hours.ts';
import { asPdfText, linesOfPage, textOfRuns, type TextRun } from '../pdf-text.ts';
import { NotYet, PayloadFault, type Reading, type SourceLine } from '../source.ts';

const COLUMNS = ['date', 'time', 'matchup', 'team', 'player', 'status', 'reason'] as const;
type Column = (typeof COLUMNS)[number];

/** The first words of the header of each column. */
const HEADERS: Readonly<Record<Column, string>> = {
  date: 'Game Date',
  time: 'Game Time',
  matchup: 'Matchup',
  team: 'Team',
  player: 'Player Name',
  status: 'Current Status',
  reason: 'Reason',
};

/** Lines of one cell are nearer to each other than this, in points; those of two rows are farther apart. */
const LINE_SPACING = 16;
/** Cells of one row have the same middle, give or take so many points. */
const SAME_ROW = 3;
/** How far to the left of its header the text of a column may begin, in points. */
const MARGIN = 3;

interface Cell {
  readonly column: Column;
  /** The middle of its lines. */
  readonly y: number;
  readonly text: string;
}

type Row = Partial<Record<Column, string>>;

const NOT_SUBMITTED = 'NOT YET SUBMITTED';

/**
 * @throws NotYet when no team has named a player
 * @throws PayloadFault when it is another report, or has text that belongs to no row
 */
export function readReport(document: unknown, subject: string): Reading[] {
  const { pages } = asPdfText(document);
  const at = timeOf(pages[0] ?? [], subject);
  const edges = edgesIn(pages[0] ?? []);
  const rows: Row[] = [];
  for (const [i, page] of pages.entries()) addRows(rows, cellsOf(body(page, i, pages.length), edges));
  const lines = linesOf(rows, subject, at);
  if (lines.length === 0) throw new NotYet('has no player: no team has submitted its report');
  return [
    {
      kind: 'timed_injury_report',
      columns: [
        ...['snapshot', 'game_date', 'home_team', 'visitor_team', 'team', 'player_name', 'status', 'reason'],
        'report_utc',
      ],
      lines,
    },
  ];
}

/** When the report was published, in UTC. @throws PayloadFault when it is not the one that was asked for */
function timeOf(page: readonly TextRun[], subject: string): string {
  const titles = linesOfPage(page).map(({ runs }) => textOfRuns(runs));
  const title = titles.find((line) => line.startsWith('Injury Report:')) ?? '';
  const [, month = '', day = '', year = '', clock = '', minute = '', half = ''] =
    /^Injury Report: (\d\d)\/(\d\d)\/(\d\d) (\d\d):(\d\d) ([AP]M)$/.exec(title) ?? [];
  if (half === '') throw new PayloadFault('is no injury report: it does not begin with its date and time');
  const hour = (Number(clock) % 12) + (half === 'PM' ? 12 : 0);
  const date = `20${year}-${month}-${day}`;
  const asked = halfHourIn(subject);
  const utc = easternToUtc(`${date}T${String(hour).padStart(2, '0')}:${minute}:00`);
  if (asked?.date !== date || asked.hour !== hour || utc === undefined)
    throw new PayloadFault(`is the report of ${date}, ${clock}:${minute} ${half}`);
  return utc;
}

/** The left edges of the columns. @throws PayloadFault when the first page has no such header */
function edgesIn(page: readonly TextRun[]): Readonly<Record<Column, number>> {
  for (const { runs: line } of linesOfPage(page)) {
    if (textOfRuns(line) !== Object.values(HEADERS).join(' ')) continue;
    let rest: readonly TextRun[] = line;
    const edges = COLUMNS.map((column) => {
      const [{ x } = { x: 0 }] = rest;
      // The words of a header may be one run or several.
      for (let seen = ''; seen.length < HEADERS[column].length; rest = rest.slice(1))
        seen = `${seen} ${rest[0]?.text ?? HEADERS[column]}`.trim();
      return [column, x] as const;
    });
    return Object.fromEntries(edges) as Record<Column, number>;
  }
  throw new PayloadFault(`has no header "${Object.values(HEADERS).join(', ')}" on its first page`);
}

/**
 * The text of a page between its title, or the header of the first page, and its foot.
 * @throws PayloadFault when its foot is not that of the page, or pages lack theirs
 */
function body(page: readonly TextRun[], index: number, pages: number): TextRun[] {
  const lines = linesOfPage(page).map(({ y, runs }) => ({ y, text: textOfRuns(runs) }));
  const foot = lines.find(({ text }) => text === `Page ${index + 1} of ${pages}`);
  if (foot === undefined && (pages > 1 || lines.some(({ text }) => /^Page \d/.test(text))))
    throw new PayloadFault(`lacks page ${index + 1} or the foot of it`);
  const heads = lines.filter(
    ({ text }) => text.startsWith('Injury Report:') || text === Object.values(HEADERS).join(' '),
  );
  const top = Math.min(...heads.map(({ y }) => y));
  const bottom = foot?.y ?? Number.NEGATIVE_INFINITY;
  return page.filter(({ y }) => y < top - 1 && y > bottom + 1);
}

/** The cells of a page, from the top. */
function cellsOf(runs: readonly TextRun[], edges: Readonly<Record<Column, number>>): Cell[] {
  const ofColumn = Map.groupBy(runs, ({ x }) => COLUMNS.findLast((column) => x >= edges[column] - MARGIN));
  return COLUMNS.flatMap((column) => {
    const own = (ofColumn.get(column) ?? []).toSorted((a, b) => b.y - a.y || a.x - b.x);
    const cells: TextRun[][] = [];
    for (const each of own) {
      const above = cells.at(-1)?.at(-1);
      if (above !== undefined && above.y - each.y < LINE_SPACING) cells.at(-1)?.push(each);
      else cells.push([each]);
    }
    return cells.map((cell) => {
      const [first = 0, last = 0] = [cell[0]?.y, cell.at(-1)?.y];
      return { column, y: (first + last) / 2, text: textOfRuns(cell) };
    });
  }).toSorted((a, b) => b.y - a.y);
}

/** Adds the rows of a page. @throws PayloadFault when a cell belongs to none */
function addRows(rows: Row[], cells: readonly Cell[]): void {
  const anchors = cells
    .filter(({ column, text }) => column === 'player' || text === NOT_SUBMITTED)
    .map(({ y }) => ({ y, row: {} as Row }));
  const before = rows.at(-1);
  rows.push(...anchors.map(({ row }) => row));
  for (const { column, y, text } of cells) {
    const row = anchors.find((anchor) => Math.abs(anchor.y - y) <= SAME_ROW)?.row;
    const isFirst = anchors.every((anchor) => anchor.y < y);
    if (row !== undefined && row[column] === undefined) row[column] = text;
    // What a page has above its first row goes on from the last row of the page before.
    else if (row === undefined && isFirst && before?.reason !== undefined && column === 'reason')
      before.reason = `${before.reason} ${text}`;
    else throw new PayloadFault(`has "${text}" in no row of the table`);
  }
}

/** The lines of players. Date and game are told with the first row that they hold for, the team likewise. */
function linesOf(rows: readonly Row[], snapshot: string, report_utc: string): SourceLine[] {
  let [date, home, visitor, team]: (string | undefined)[] = [];
  return rows.flatMap((row) => {
    if (row.date !== undefined) date = dateIn(row.date);
    if (row.matchup !== undefined) [visitor, home] = teamsIn(row.matchup);
    if (row.team !== undefined) team = canonicalTeam(row.team) ?? unknownTeam(row.team);
    if (date === undefined || home === undefined || team === undefined)
      throw new PayloadFault(`names ${row.player ?? 'a team'} before a date, a game and a team`);
    if (team !== home && team !== visitor) throw new PayloadFault(`has ${team} in ${visitor ?? ''}@${home}`);
    const { player, status, reason } = row;
    if (reason === NOT_SUBMITTED && player === undefined) return [];
    if (player === undefined || status === undefined)
      throw new PayloadFault(`has a row of ${team} without a player or his status`);
    return {
      ...{ snapshot, game_date: date, home_team: home, visitor_team: visitor ?? '', team },
      ...{ player_name: firstNameFirst(player), status, reason: reason ?? null, report_utc },
    };
  });
}

function dateIn(text: string): string {
  const [, month, day, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text) ?? [];
  if (year === undefined) throw new PayloadFault(`has "${text}" where a date should be`);
  return `${year}-${month}-${day}`;
}

/** Visitor and home. */
function teamsIn(text: string): [Tricode, Tricode] {
  const [visitor, home] = text.split('@').map((code) => canonicalTeam(code));
  if (visitor === undefined || home === undefined)
    throw new PayloadFault(`has "${text}" where a game should be`);
  return [visitor, home];
}

function unknownTeam(text: string): never {
  throw new PayloadFault(`has "${text}", which is no NBA team`);
}
