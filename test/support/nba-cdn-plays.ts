/** The play-by-play that cdn.nba.com would tell of a game of which there are box scores and shots: its sums are those of the box scores. */
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import type { Document } from './nba-cdn-answers.ts';

type Cells = Readonly<Record<string, string>>;

/** What is known of a game, as rows of source files. */
export interface KnownGame {
  readonly game: Cells;
  readonly players: readonly Cells[];
  readonly shots: readonly Cells[];
}

/** The answer about a game. Who passed and who blocked is given to shots in the order of the box score. */
export function playByPlay({ game, players, shots }: KnownGame): Document {
  const makes = shots.filter((shot) => shot['made'] === 'true');
  const misses = shots.filter((shot) => shot['made'] !== 'true');
  const passes = credited(players, 'ast', makes, (player, shot) => player['team'] === shot['team']);
  const blocks = credited(players, 'blk', misses, (player, shot) => player['team'] !== shot['team']);
  const started = easternToUtc(game['tipoff_et'] ?? '') ?? '';
  const actions: Document[] = [];
  const add = (action: Document): void => {
    const actionNumber = 2 * (actions.length + 1);
    actions.push({
      ...{ actionNumber, orderNumber: actionNumber * 10_000, timeActual: started, period: 1 },
      ...{ clock: 'PT12M00.00S', qualifiers: [], personId: 0, x: null, y: null, possession: 0 },
      ...action,
    });
  };
  add({ actionType: 'period', subType: 'start' });
  for (const shot of shots) {
    const isMade = shot['made'] === 'true';
    const left = Number(shot['seconds_left']);
    const [pass, block] = [passes.get(shot), blocks.get(shot)];
    add({
      actionType: shot['is_three'] === 'true' ? '3pt' : '2pt',
      subType: 'Jump Shot',
      period: Number(shot['period']),
      clock: `PT${String(Math.floor(left / 60)).padStart(2, '0')}M${String(left % 60).padStart(2, '0')}.00S`,
      teamTricode: shot['team'],
      personId: Number(shot['player_id']),
      shotResult: isMade ? 'Made' : 'Missed',
      // The source of the shots has whole feet, cut off; this one has hundredths.
      shotDistance: Number(shot['shot_distance']) + 0.4,
      ...{ x: 50, y: 50 },
      ...(pass === undefined ? {} : { assistPersonId: Number(pass['player_id']) }),
      ...(block === undefined ? {} : { blockPersonId: Number(block['player_id']) }),
    });
  }
  for (const player of players)
    for (let shot = 1; shot <= Number(player['fta']); shot += 1)
      add({
        actionType: 'freethrow',
        // One free throw alone follows a make; the others come in pairs.
        subType: Number(player['fta']) === 1 ? '1 of 1' : `${2 - (shot % 2)} of 2`,
        teamTricode: player['team'],
        personId: Number(player['player_id']),
        shotResult: shot <= Number(player['ftm']) ? 'Made' : 'Missed',
      });
  add({ actionType: 'foul', subType: 'technical', teamTricode: game['home_team'], personId: 2_000_001 });
  add({ actionType: 'game', subType: 'end', period: 4, clock: 'PT00M00.00S' });
  return { meta: { version: 1 }, game: { gameId: game['game_id'], actions } };
}

/** Gives each of `shots` to at most one player, until every player has as many as his box score says. */
function credited(
  players: readonly Cells[],
  column: 'ast' | 'blk',
  shots: readonly Cells[],
  may: (player: Cells, shot: Cells) => boolean,
): ReadonlyMap<Cells, Cells> {
  const given = new Map<Cells, Cells>();
  for (const player of players)
    for (let left = Number(player[column]); left > 0; left -= 1) {
      const shot = shots.find(
        (each) => !given.has(each) && may(player, each) && each['player_id'] !== player['player_id'],
      );
      if (shot === undefined) throw new Error(`There is no shot for ${player['player_name']}`);
      given.set(shot, player);
    }
  return given;
}
