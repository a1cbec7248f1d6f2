/** Reads the roster of a team. */
import { z } from 'zod';
import { parseGameDate, type GameDate } from '../../../shared/domain/game-date.ts';
import { canonicalTeam, TRICODES, type Tricode } from '../../../shared/domain/teams.ts';
import { shaped } from '../shape.ts';
import { PayloadFault, type Reading } from '../source.ts';

/** The teams in the order of their ids at ESPN, which begin with 1. */
const BY_ID: readonly Tricode[] = [
  ...(['ATL', 'BOS', 'NOP', 'CHI', 'CLE', 'DAL', 'DEN', 'DET', 'GSW', 'HOU'] as const),
  ...(['IND', 'LAC', 'LAL', 'MIA', 'MIL', 'MIN', 'BKN', 'NYK', 'ORL', 'PHI'] as const),
  ...(['PHX', 'POR', 'SAC', 'SAS', 'OKC', 'UTA', 'WAS', 'TOR', 'MEM', 'CHA'] as const),
];

/** A team has 13 players or more during a season, injured ones included; an answer with fewer than this is no roster. */
const LEAST_PLAYERS = 8;

const document = z.object({
  team: z.object({
    abbreviation: z.string(),
    athletes: z.array(
      z.object({
        fullName: z.string().min(1),
        position: z.object({ abbreviation: z.string() }).optional(),
        // The day of birth, and an hour that means nothing.
        dateOfBirth: z
          .string()
          .regex(/^\d{4}-\d\d-\d\d/)
          .optional(),
      }),
    ),
  }),
});

/** The team and the game date in a subject such as `BOS-2026-02-11`; undefined when it has none. */
export function teamAndDateIn(
  subject: string,
): { readonly team: Tricode; readonly date: GameDate } | undefined {
  const team = TRICODES.find((each) => each === subject.slice(0, 3));
  const date = parseGameDate(subject.slice(4));
  return team === undefined || date === undefined || subject[3] !== '-' ? undefined : { team, date };
}

/** ESPN's id of the team of a subject, from 1. */
export function espnIdOf(subject: string): number {
  return BY_ID.findIndex((team) => team === teamAndDateIn(subject)?.team) + 1;
}

/** @throws PayloadFault when the answer is of another team, or has too few players for a team */
export function readRoster(answer: unknown, subject: string): Reading[] {
  const { team } = shaped(document, answer);
  const asked = teamAndDateIn(subject);
  if (asked === undefined || canonicalTeam(team.abbreviation) !== asked.team)
    throw new PayloadFault(`is of the team ${team.abbreviation}`);
  if (team.athletes.length < LEAST_PLAYERS)
    throw new PayloadFault(`has ${team.athletes.length} players, too few for a team`);
  return [
    {
      kind: 'team_roster',
      columns: ['game_date', 'team', 'player_name', 'position', 'birth_date'],
      lines: team.athletes.map(({ fullName, position, dateOfBirth }) => ({
        game_date: asked.date,
        team: asked.team,
        player_name: fullName,
        position: position?.abbreviation ?? null,
        birth_date: dateOfBirth?.slice(0, 10) ?? null,
      })),
    },
  ];
}
