/** Players who have the name of a known one and another id. What is said of the known one stays as it is. */
import type { Random } from '../../../shared/domain/seeded-random.ts';
import type { Cells } from '../real-part.ts';
import { change, like } from './changes.ts';
import { drawRow, isRow, withoutNumber, type Kind } from './ground.ts';
import type { Draw, Edit, Kinds, Witness } from './mutation.ts';
import { STATISTICS } from './player-boxes.ts';

/** An id that nobody has: larger than all others, or smaller. */
function newId(random: Random): string {
  return String(random.unit() < 0.5 ? 1_990_000 + random.below(9000) : 10 + random.below(60));
}

/** Puts a row after this one. */
function after(of: Kind, row: Cells, added: Cells): Edit {
  return { of, change: (rows) => rows.flatMap((each) => (isRow(row)(each) ? [each, added] : [each])) };
}

/** The row of the namesake: he was in the game for less than half a minute. */
function boxOf(row: Cells, id: string): Cells {
  const nothing = Object.fromEntries(STATISTICS.map((column) => [column, '0']));
  return withoutNumber({ ...row, ...nothing, player_id: id });
}

/** A namesake in the box score or on the roster of a team of the night: of the player's own one, or of another. */
const namesake =
  (of: 'player_box' | 'rosters', sameTeam: boolean): Draw =>
  (ground, random) => {
    const known = drawRow(ground, random, of);
    const place = drawRow(
      ground,
      random,
      of,
      (row) =>
        row['game_date'] === known?.['game_date'] &&
        (row['team'] === known?.['team']) === sameTeam &&
        row['team'] !== known?.['opponent'],
    );
    if (known === undefined || place === undefined) return undefined;
    const id = newId(random);
    const { player_name = '' } = known;
    const added = of === 'player_box' ? boxOf(place, id) : withoutNumber({ ...place, player_id: id });
    return {
      witness: 'id',
      what: `${player_name}, ${id}, of ${place['team']} beside him of ${known['team']} in ${of} on ${known['game_date']}`,
      newcomer: id,
      edits: [after(of, place, { ...added, player_name })],
    };
  };

/** A namesake in the box score, and a row without an id about the player in another file. */
const nameless =
  (of: Kind, sameTeam: boolean, witness: Witness): Draw =>
  (ground, random) => {
    const row = drawRow(ground, random, of);
    const known = ground.tables.player_box.rows.find(
      (each) => each['player_id'] === row?.['player_id'] && (row?.['team'] ?? each['team']) === each['team'],
    );
    const place = drawRow(
      ground,
      random,
      'player_box',
      (each) =>
        each['game_date'] === row?.['game_date'] &&
        (sameTeam
          ? each['team'] === known?.['team']
          : each['team'] !== known?.['team'] && each['opponent'] !== known?.['team']),
    );
    if (row === undefined || known === undefined || place === undefined) return undefined;
    const id = newId(random);
    const { player_name = '' } = known;
    return {
      witness,
      what: `${player_name} of ${known['team']} without an id in ${of} on ${row['game_date']}, and ${id} of ${place['team']}`,
      newcomer: id,
      edits: [
        after('player_box', place, { ...boxOf(place, id), player_name }),
        change(of, like(row, 'game_date', 'player_id'), { player_id: '' }),
      ],
    };
  };

export const NAMESAKES: Kinds = {
  'a namesake on another team': namesake('player_box', false),
  'a namesake on the same team': namesake('player_box', true),
  'rosters: a namesake on another team': namesake('rosters', false),
  'rosters: a namesake on the same team': namesake('rosters', true),
  'player_props: no id and a namesake on another team': nameless('player_props', false, 'id'),
  'player_props: no id and a namesake on the same team': nameless('player_props', true, 'who is who'),
  'injury_report: no id and a namesake on another team': nameless('injury_report', false, 'id'),
  'injury_report: no id and a namesake on the same team': nameless('injury_report', true, 'who is who'),
};
