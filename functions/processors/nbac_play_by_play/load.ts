/**
 * Loads `play_by_play_*` files. A shot, a free throw, an assist or a block of somebody whom no box score and no roster names is refused:
 * the sums of the game would lack it. Other actions may be those of coaches, and are kept without a name.
 */
import { parseClock } from '../../ingest/minutes.ts';
import { comparePlays } from '../../ingest/plays-and-box-scores.ts';
import { gameOf, isLeftOut, sideOf, type LoadJob, type RawLoad } from '../../ingest/raw-load.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
import definition from './definition.ts';

const PERIOD_SECONDS = 720;
const OVERTIME_SECONDS = 300;

/**
 * The kinds of actions that can score: what they are called in the table, and what they are worth. A heave is a desperate three from far
 * away at the end of a period; a missed one is an attempt of no player (since 2025-26).
 */
const SHOTS: Readonly<Record<string, { readonly type: string; readonly points: number }>> = {
  '2pt': { type: '2PT', points: 2 },
  '3pt': { type: '3PT', points: 3 },
  heave: { type: '3PT', points: 3 },
  freethrow: { type: 'FT', points: 1 },
};

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores'],
  layouts: {
    play_by_play: {
      needed: [
        ...['game_id', 'game_date', 'action_number', 'period', 'clock', 'action_type', 'sub_type'],
        ...['descriptor', 'team', 'player_id', 'assist_player_id', 'block_player_id'],
        ...['shot_result', 'shot_distance', 'x', 'y'],
      ],
      welcome: ['season', 'season_type'],
    },
  },
  begin: (job) => ({
    read: (source, file) => {
      const game = gameOf(source, file, job);
      if (isLeftOut(game)) return game;
      const sequence = source.whole('action_number');
      if (sequence < 1) refuse(`action_number is ${sequence}`);
      const kind = source.text('action_type');
      const made = kind in SHOTS ? madeIn(source, kind) : null;
      const shot = kind === 'heave' && made === false ? undefined : SHOTS[kind];
      const team = source.isUnknown('team') ? null : sideOf(source, game).team_abbr;
      const player = shot === undefined ? whoever(source, job) : known(source, 'player_id', job);
      if (shot !== undefined && team === null) refuse(`a ${kind} has no team`);
      if (shot !== undefined && player.id === null) refuse(`a ${kind} has no player`);
      const isFromField = shot !== undefined && shot.type !== 'FT';
      const assist = isFromField && made === true ? known(source, 'assist_player_id', job) : NOBODY;
      const block = isFromField && made === false ? known(source, 'block_player_id', job) : NOBODY;
      return [
        {
          ...game.cells,
          event_sequence: sequence,
          ...timeOf(source),
          event_type: kind,
          event_action_type: source.optionalText('sub_type'),
          event_descriptor: source.optionalText('descriptor'),
          team_abbr: team,
          player_lookup: player.lookup,
          nba_player_id: player.id,
          assist_player_lookup: assist.lookup,
          assist_nba_player_id: assist.id,
          block_player_lookup: block.lookup,
          block_nba_player_id: block.id,
          shot_type: shot?.type ?? null,
          shot_made: shot === undefined ? null : made,
          shot_distance: isFromField ? source.optionalDecimal('shot_distance') : null,
          shot_x: isFromField ? source.optionalDecimal('x') : null,
          shot_y: isFromField ? source.optionalDecimal('y') : null,
          points_scored: made === true && shot !== undefined ? shot.points : 0,
          adds_up: null,
        },
      ];
    },
    finish: (rows, amend) => comparePlays(rows, job.credits ?? [], amend),
  }),
} satisfies RawLoad;

/** @throws RowRefusal when the period or its clock cannot be */
function timeOf(source: SourceRow): { readonly period: number; readonly game_clock_seconds: number } {
  const period = source.count('period');
  const text = source.text('clock');
  const seconds = parseClock(text) ?? refuse(`clock is "${text}", which is no time such as PT11M47.00S`);
  const longest = period > 4 ? OVERTIME_SECONDS : PERIOD_SECONDS;
  if (seconds > longest) refuse(`clock is ${text} in a period of ${longest} seconds`);
  return { period, game_clock_seconds: seconds };
}

/** @throws RowRefusal when a shot has no result that is known */
function madeIn(source: SourceRow, kind: string): boolean {
  const result = source.raw('shot_result').toLowerCase();
  if (result === 'made' || result === 'missed') return result === 'made';
  return refuse(`shot_result of a ${kind} is "${source.raw('shot_result')}", and not Made or Missed`);
}

interface Person {
  readonly id: number | null;
  readonly lookup: string | null;
}

const NOBODY: Person = { id: null, lookup: null };

/** Who acts; without a name where nobody is known under the id. */
function whoever(source: SourceRow, { players }: LoadJob): Person {
  const id = source.isUnknown('player_id') ? 0 : source.whole('player_id');
  return id < 1 ? NOBODY : { id, lookup: players.get(id)?.lookup ?? null };
}

/** The player in a cell; nobody when it is empty. @throws RowRefusal when no box score and no roster names him */
function known(source: SourceRow, column: string, { players }: LoadJob): Person {
  const id = source.isUnknown(column) ? 0 : source.whole(column);
  if (id < 1) return NOBODY;
  const player = players.get(id) ?? refuse(`player ${id} is in no box score and no roster`);
  return { id, lookup: player.lookup };
}
