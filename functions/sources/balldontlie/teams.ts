/** The teams of a question to Ball Don't Lie, which has numbers of its own for them. */
import { parseGameDate, type GameDate } from '../../../shared/domain/game-date.ts';
import { TRICODES } from '../../../shared/domain/teams.ts';

/** Most teams that are asked about by name; the players of more are nearly as many pages as those of all. */
const MOST_TEAMS = 20;

/** In the order of their numbers from 1: by code, but that Boston is before Brooklyn. */
const NUMBERED: readonly string[] = [
  'ATL',
  'BOS',
  ...TRICODES.filter((code) => code !== 'ATL' && code !== 'BOS'),
];

/** What is asked about: the players of some teams on a date, such as `2024-01-15_CHI_CLE`, or of all, such as `2024-01-15`. */
export function teamsSubject(date: GameDate, teams: readonly string[]): string {
  const named = [...new Set(teams)].sort();
  return named.length === 0 || named.length > MOST_TEAMS || named.some((team) => !NUMBERED.includes(team))
    ? date
    : [date, ...named].join('_');
}

/** The date and the teams of such a subject; undefined when it is none. */
export function teamsIn(
  subject: string,
): { readonly date: GameDate; readonly teams: readonly string[]; readonly isAll: boolean } | undefined {
  const [text = '', ...teams] = subject.split('_');
  const date = parseGameDate(text);
  if (date === undefined || teams.some((team) => !NUMBERED.includes(team))) return undefined;
  return teams.length === 0 ? { date, teams: TRICODES, isAll: true } : { date, teams, isAll: false };
}

/** The part of a question that names its teams, such as `team_ids[]=5&team_ids[]=6&`; empty where it is about all. */
export function teamsParameter(subject: string): string {
  const { teams = [], isAll = true } = teamsIn(subject) ?? {};
  return isAll ? '' : teams.map((team) => `team_ids[]=${NUMBERED.indexOf(team) + 1}&`).join('');
}
