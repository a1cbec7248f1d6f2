/** ESPN: the roster of a team as it is now. */
import { espnIdOf } from '../../../functions/sources/espn/roster.ts';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { TRICODES } from '../../../shared/domain/teams.ts';
import { json, type LiveSource } from './answers.ts';

export const espn: LiveSource = ({ pathname }, at, facts) => {
  const [, id] = /^\/apis\/site\/v2\/sports\/basketball\/nba\/teams\/(\d+)$/.exec(pathname) ?? [];
  const today = gameDateOf(at);
  const team = TRICODES.find((code) => espnIdOf(`${code}-${today}`) === Number(id));
  if (team === undefined) return undefined;
  const athletes = facts.rosterOf(team, today).map((row) => ({
    id: `9${row['player_id']}`,
    fullName: row['player_name'],
    dateOfBirth: `${row['birth_date']}T08:00Z`,
    ...(row['position'] === '' ? {} : { position: { abbreviation: row['position'] } }),
  }));
  return json({ team: { id, abbreviation: team, athletes } });
};
