/**
 * Reads a gamebook: the box score of each team, those who did not play and why, and those who were inactive. No whole one was at hand
 * when this was written, so it stops at the first line of a box score that it does not understand.
 */
import { parseGameId } from '../../../shared/domain/game-id.ts';
import { canonicalTeam, type Tricode } from '../../../shared/domain/teams.ts';
import { asPdfText, linesOfPage, textOfRuns } from '../pdf-text.ts';
import { PayloadFault, type Reading, type SourceLine } from '../source.ts';

/** The header of a box score, after the position of a player. */
const HEADER = 'MIN FG FGA 3P 3PA FT FTA OR DR TOT A PF ST TO BS +/- PTS';
/** The columns of a source file for its numbers, in its order. */
const NUMBERS = [
  ...['fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'reb', 'ast', 'pf', 'stl', 'tov', 'blk'],
  ...['plus_minus', 'pts'],
] as const;
const COLUMNS = [
  ...['snapshot', 'game_date', 'home_team', 'visitor_team', 'team', 'player_name', 'player_status', 'reason'],
  ...['starter', 'minutes', ...NUMBERS],
];
/** Players of a team who take part in a game, at least. */
const FEWEST = 5;

const PLAYER = /^\d{1,2} (?=[^\d\s:%])/;
const PLAYED = /^\d{1,2} (.+?)(?: ([FGC]))? (\d{1,2}:[0-5]\d)((?: [+-]?\d+)+)$/;
const SAT_OUT = /^\d{1,2} (.+?) ((?:DNP|DND|NWT) - .+)$/;
/** The minutes of a team, and its other numbers. */
const TOTALS = /^(?:TOTALS:? )?\d{3}(?::[0-5]\d)?((?: [+-]?\d+)+)$/i;

interface Team {
  readonly code: Tricode;
  /** As the gamebook writes it. */
  readonly name: string;
  readonly players: SourceLine[];
  hasHeader: boolean;
  /** Its points by the line of its totals. */
  points: number | undefined;
}

/**
 * @throws PayloadFault when it is of another game or date, has fewer players than a game needs, numbers that do not add up, or a line in
 *   a box score that is not understood
 */
export function readGamebook(document: unknown, subject: string): Reading[] {
  const game = parseGameId(subject);
  if (game === undefined) throw new PayloadFault(`is of no game that is called ${subject}`);
  const lines = asPdfText(document).pages.flatMap((page) =>
    linesOfPage(page).map(({ runs }) => textOfRuns(runs)),
  );
  checkDate(lines, game.date);
  const teams = teamsIn(lines);
  const [visitor, home] = teams;
  if (visitor?.code !== game.away || home?.code !== game.home)
    throw new PayloadFault(`is of ${visitor?.code ?? 'nobody'} at ${home?.code ?? 'nobody'}`);
  for (const team of teams) checkTeam(team);
  addInactive(lines, teams);
  const whose = { snapshot: subject, game_date: game.date, home_team: game.home, visitor_team: game.away };
  const found = teams.flatMap(({ code, players }) =>
    players.map((player) => ({ ...whose, team: code, ...player })),
  );
  return [{ kind: 'gamebook', columns: COLUMNS, lines: found }];
}

/** @throws PayloadFault when its first date, such as "Wednesday, April 10, 2024", is another one or none */
function checkDate(lines: readonly string[], date: string): void {
  const written = lines.flatMap((line) => /\b[A-Z][a-z]+ \d{1,2}, \d{4}\b/.exec(line)?.[0] ?? [])[0];
  const day = written === undefined ? Number.NaN : Date.parse(`${written} 00:00 UTC`);
  if (Number.isNaN(day)) throw new PayloadFault('is no gamebook: it has no date');
  const found = new Date(day).toISOString().slice(0, 10);
  if (found !== date) throw new PayloadFault(`is of ${found}`);
}

/** The visitors and the home team of the first box score. */
function teamsIn(lines: readonly string[]): Team[] {
  const teams: Team[] = [];
  let team: Team | undefined;
  for (const line of lines) {
    const [, side = '', name = ''] = /^(VISITOR|HOME): *(.+?) *(?:\(|$)/.exec(line) ?? [];
    if (side !== '') {
      // Box scores of parts of the game may follow.
      if (teams.length === 2) break;
      const code = canonicalTeam(name);
      if (code === undefined || side !== ['VISITOR', 'HOME'][teams.length])
        throw new PayloadFault(`has "${line}" where a team should be`);
      team = { code, name, players: [], hasHeader: false, points: undefined };
      teams.push(team);
    } else if (/^(?:SCORE BY|Inactive:)/i.test(line)) team = undefined;
    else if (team !== undefined) addLine(team, line);
  }
  return teams;
}

/** Takes a line of the box score of a team. @throws PayloadFault when it looks like that of a player and is not understood */
function addLine(team: Team, line: string): void {
  if (line.endsWith(HEADER)) {
    team.hasHeader = true;
    return;
  }
  const [, absent = '', reason = ''] = SAT_OUT.exec(line) ?? [];
  if (absent !== '') {
    team.players.push({ player_name: absent, player_status: 'dnp', reason });
    return;
  }
  const [, name = '', position, minutes = '', rest = ''] = PLAYED.exec(line) ?? [];
  if (name !== '') {
    const numbers = numbersIn(rest, line);
    const own = { player_name: name, player_status: 'active', reason: null, minutes };
    team.players.push({ ...own, starter: position !== undefined, ...numbers });
    return;
  }
  const [, totals] = TOTALS.exec(line) ?? [];
  if (totals !== undefined && team.points === undefined) team.points = numbersIn(totals, line)['pts'];
  else if (PLAYER.test(line) || / (?:DNP|DND|NWT) - |(?:^| )\d{1,2}:[0-5]\d(?: |$)/.test(line))
    throw new PayloadFault(`has a line in a box score that is not understood: "${line}"`);
}

function numbersIn(text: string, line: string): Readonly<Record<string, number>> {
  const numbers = text.trim().split(' ').map(Number);
  if (numbers.length !== NUMBERS.length)
    throw new PayloadFault(`has ${numbers.length} numbers, not ${NUMBERS.length}, in "${line}"`);
  return Object.fromEntries(NUMBERS.map((column, i) => [column, numbers[i] ?? 0]));
}

/** @throws PayloadFault when the box score of a team cannot be whole */
function checkTeam({ code, players, hasHeader, points }: Team): void {
  if (!hasHeader) throw new PayloadFault(`has no header "${HEADER}" over ${code}`);
  const active = players.filter((player) => player['player_status'] === 'active');
  if (active.length < FEWEST) throw new PayloadFault(`has ${active.length} players of ${code} who played`);
  const twice = players.find(
    (player, i) => players.findIndex((each) => each['player_name'] === player['player_name']) !== i,
  );
  if (twice !== undefined) throw new PayloadFault(`has ${String(twice['player_name'])} of ${code} twice`);
  const sum = active.reduce((all, player) => all + Number(player['pts']), 0);
  if (points === undefined) throw new PayloadFault(`has no totals of ${code}`);
  if (points !== sum) throw new PayloadFault(`has ${points} points of ${code}, and ${sum} of its players`);
}

/** Adds the inactive players of "Inactive: Grizzlies - Bane (Injury/Illness - Back; Spasms), Rose (Rest)". */
function addInactive(lines: readonly string[], teams: readonly Team[]): void {
  for (const [i, line] of lines.entries()) {
    const [, named = '', first = ''] = /^Inactive: *(.+?) - ?(.*)$/.exec(line) ?? [];
    if (named === '') continue;
    const team = teams.find(({ name }) => name.toUpperCase().endsWith(named.toUpperCase()));
    if (team === undefined) throw new PayloadFault(`has inactive players of "${named}"`);
    let text = first;
    for (let next = i + 1; goesOn(text) && next < lines.length; next++) text = `${text} ${lines[next] ?? ''}`;
    if (goesOn(text)) throw new PayloadFault(`breaks off in the inactive players of ${team.code}`);
    for (const part of text.split(/,(?![^(]*\))/).map((each) => each.trim())) {
      if (part === '' || /^none\.?$/i.test(part)) continue;
      const [, name = '', reason = ''] =
        /^([^()\d]+?) *(?:\(([^()]*(?:\([^()]*\))?[^()]*)\))?$/.exec(part) ?? [];
      if (name === '') throw new PayloadFault(`has an inactive player that is not understood: "${part}"`);
      team.players.push({
        ...{ player_name: name, player_status: 'inactive' },
        reason: reason.trim() === '' ? null : reason.trim(),
      });
    }
  }
}

/** Whether a list of inactive players goes on in the next line: a reason is open, or a name must follow. */
function goesOn(text: string): boolean {
  return text.split('(').length > text.split(')').length || /,\s*$/.test(text);
}
