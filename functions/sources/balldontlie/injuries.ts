/** Reads `/v1/player_injuries`: who of the whole league is hurt at the moment of the question. */
import { z } from 'zod';
import type { Tricode } from '../../../shared/domain/teams.ts';
import { momentIn } from '../moments.ts';
import { PayloadFault, type Reading } from '../source.ts';
import { entriesOf } from './pages.ts';

/** The teams of the league in the order of their ids at Ball Don't Lie, from 1 to 30. Higher ids are of teams that exist no more. */
const TEAMS: readonly Tricode[] = [
  ...(['ATL', 'BOS', 'BKN', 'CHA', 'CHI', 'CLE', 'DAL', 'DEN', 'DET', 'GSW'] as const),
  ...(['HOU', 'IND', 'LAC', 'LAL', 'MEM', 'MIA', 'MIL', 'MIN', 'NOP', 'NYK'] as const),
  ...(['OKC', 'ORL', 'PHI', 'PHX', 'POR', 'SAC', 'SAS', 'TOR', 'UTA', 'WAS'] as const),
];

const entry = z.object({
  player: z.object({
    id: z.number().int().positive(),
    first_name: z.string(),
    last_name: z.string(),
    // Somebody without a team is a free agent.
    team_id: z.number().int().positive().nullable().optional(),
  }),
  status: z.string(),
  description: z.string().nullable().optional(),
});

/**
 * The players whom the list names, with their status in its own words. When a player is expected back is not read: `return_date` is a
 * text without a year.
 * @param subject the date of the games, and when the list was asked for: `2024-02-22-20240222T235000Z`
 * @throws PayloadFault when the list names nobody, names a player twice or a team that is none of the league, or lacks a page
 */
export function readInjuries(document: unknown, subject: string): Reading[] {
  const { date = '', at = new Date(NaN) } = momentIn(subject) ?? {};
  const lines = entriesOf(entry, document, ({ player }) => `player ${player.id}`).flatMap(
    ({ player: { first_name, last_name, team_id }, status, description }) => {
      if (team_id == null) return [];
      const team = TEAMS[team_id - 1];
      if (team === undefined) throw new PayloadFault(`has the team ${team_id}, which is none of the league`);
      return {
        ...{ snapshot: subject, game_date: date, team, player_name: `${first_name} ${last_name}`.trim() },
        ...{ status, reason: description ?? null, report_utc: at.toISOString() },
      };
    },
  );
  if (lines.length === 0) throw new PayloadFault('names nobody of any team');
  return [
    {
      kind: 'injury_list',
      columns: ['snapshot', 'game_date', 'team', 'player_name', 'status', 'reason', 'report_utc'],
      lines,
    },
  ];
}
