/** Reads `/v1/players/active`: who is on which team now. */
import { z } from 'zod';
import { canonicalTeam } from '../../../shared/domain/teams.ts';
import { PayloadFault, type Reading } from '../source.ts';
import { entriesOf } from './pages.ts';
import { teamsIn } from './teams.ts';

/** A team has 13 players or more during a season; with fewer than this the answer is not of all players. */
const LEAST_PLAYERS = 8;

const player = z.object({
  id: z.number().int().positive(),
  first_name: z.string(),
  last_name: z.string(),
  position: z.string().nullable().optional(),
  // Somebody without a team is a free agent.
  team: z.object({ abbreviation: z.string() }).nullable().optional(),
});

/**
 * @param subject the date and the teams, see `teams.ts`; players of other teams are left out
 * @throws PayloadFault when the answer has too few players of one of the teams, or has a player or a page twice
 */
export function readActivePlayers(document: unknown, subject: string): Reading[] {
  const asked = teamsIn(subject);
  if (asked === undefined) throw new PayloadFault(`is of no date: ${subject}`);
  const lines = entriesOf(player, document, ({ id }) => `player ${id}`).flatMap(
    ({ first_name, last_name, position, team }) => {
      if (team == null) return [];
      const code = canonicalTeam(team.abbreviation);
      if (code === undefined)
        throw new PayloadFault(`has the team ${team.abbreviation}, which is none of the league`);
      if (!asked.teams.includes(code)) return [];
      const name = `${first_name} ${last_name}`.trim();
      return {
        game_date: asked.date,
        team: code,
        player_name: name,
        position: position ?? null,
        birth_date: null,
      };
    },
  );
  for (const team of asked.teams) {
    const own = lines.filter((line) => line.team === team).length;
    if (own < LEAST_PLAYERS) throw new PayloadFault(`has ${own} players of ${team}, too few for a team`);
  }
  return [
    {
      kind: 'named_rosters',
      columns: ['game_date', 'team', 'player_name', 'position', 'birth_date'],
      lines,
    },
  ];
}
