/** The play-by-play of cdn.nba.com: what an answer says, in whatever order it says it, and which answers are not believed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { makeRandom, shuffled } from '../../shared/domain/seeded-random.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import { archiveHome } from '../support/archive-home.ts';
import { dataFolder } from '../support/homes.ts';
import { cdnAnswers, type Document, SEASON, simulatedTexts } from '../support/nba-cdn-answers.ts';

const textOf = simulatedTexts(4);
const answers = cdnAnswers(textOf);
const [GAME = ''] = answers.games;
const NAME = `nba_cdn.playbyplay.${GAME}.json`;
const DATE = gameDate(answers.dateOf(GAME));

const bytesOf = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));
interface Plays {
  readonly game: { gameId: string; actions: Document[] };
}
const plays = (): Plays => structuredClone(answers.playByPlay(GAME)) as unknown as Plays;

/** The rows of the play-by-play and of the box score of the game, after an answer and the box scores were imported. */
async function rowsAfter(document: unknown): Promise<{ plays: readonly Row[]; boxes: readonly Row[] }> {
  const home = archiveHome('2022-06-01T12:00:00Z');
  await home.importFiles([
    ...['schedule', 'player_box'].map((kind) => ({
      name: `${kind}_${SEASON}.csv`,
      bytes: () => Buffer.from(textOf(kind)),
    })),
    { name: NAME, bytes: () => bytesOf(document) },
  ]);
  const boxes = await home.rowsOf('nbac_player_boxscores', [DATE]);
  return {
    plays: await home.rowsOf('nbac_play_by_play', [DATE]),
    boxes: boxes.filter((row) => row['nba_game_id'] === GAME),
  };
}

/** What the actions of each player add up to. */
function sums(rows: readonly Row[]): Record<string, Record<string, number>> {
  const found: Record<string, Record<string, number>> = {};
  const add = (player: Cell | undefined, what: string, amount = 1): void => {
    if (player == null || amount === 0) return;
    const own = (found[String(player)] ??= {});
    own[what] = (own[what] ?? 0) + amount;
  };
  for (const row of rows) {
    add(row['player_lookup'], 'points', Number(row['points_scored']));
    add(row['assist_player_lookup'], 'assists');
    add(row['block_player_lookup'], 'blocks');
    if (row['shot_type'] !== 'FT' && row['shot_made'] === true) add(row['player_lookup'], 'field_goals_made');
    if (row['shot_type'] !== 'FT' && row['shot_type'] != null)
      add(row['player_lookup'], 'field_goals_attempted');
  }
  return found;
}

describe('the play-by-play of a game', () => {
  it('adds up to its box score, in whatever order the actions are told', async () => {
    const told = await rowsAfter(plays());
    expect(told.plays).toHaveLength(plays().game.actions.length);
    const summed = sums(told.plays);
    for (const box of told.boxes)
      for (const what of ['points', 'assists', 'blocks', 'field_goals_made', 'field_goals_attempted'])
        expect([box['player_lookup'], what, summed[String(box['player_lookup'])]?.[what] ?? 0]).toEqual([
          box['player_lookup'],
          what,
          box[what],
        ]);

    const mixed = plays();
    mixed.game.actions = shuffled(makeRandom(11, 'order of actions'), mixed.game.actions);
    expect(mixed.game.actions).not.toEqual(plays().game.actions);
    expect(sums((await rowsAfter(mixed)).plays)).toEqual(summed);
  });

  it('keeps what a coach did without a name, and refuses a shot of somebody whom nobody knows', async () => {
    const { plays: rows } = await rowsAfter(plays());
    expect(rows.find((row) => row['event_type'] === 'foul')).toMatchObject({
      nba_player_id: 2_000_001,
      player_lookup: null,
      shot_type: null,
    });
    const strange = plays();
    const shot = strange.game.actions.find((each) => each['actionType'] === '2pt') ?? {};
    shot['personId'] = 2_000_002;
    expect((await rowsAfter(strange)).plays).toHaveLength(rows.length - 1);
  });

  it('counts a heave that went in as a three, and one that did not as nobody’s attempt', async () => {
    const heaves = plays();
    const threes = heaves.game.actions.filter((each) => each['actionType'] === '3pt');
    const made = threes.find((each) => each['shotResult'] === 'Made') ?? {};
    const missed = threes.find((each) => each['shotResult'] === 'Missed') ?? {};
    for (const each of [made, missed]) each['actionType'] = 'heave';
    const { plays: rows } = await rowsAfter(heaves);
    const rowOf = (each: Document) => rows.find((row) => row['event_sequence'] === each['actionNumber']);
    expect(rowOf(made)).toMatchObject({ shot_type: '3PT', shot_made: true, points_scored: 3 });
    expect(rowOf(missed)).toMatchObject({ shot_type: null, shot_made: null, points_scored: 0 });
  });
});

describe('an answer about the plays of a game is refused', () => {
  const faultOf = (change: (game: Plays['game']) => unknown): string | undefined => {
    const { game } = plays();
    const changed = change(game) ?? { game };
    return textOfSource(NAME, typeof changed === 'string' ? Buffer.from(changed) : bytesOf(changed)).fault;
  };
  const first = (game: Plays['game'], kind: string): Document =>
    game.actions.find((each) => each['actionType'] === kind) ?? {};

  it.each<[string, (game: Plays['game']) => unknown, string]>([
    ['not', () => undefined, ''],
    ['that broke off', () => JSON.stringify(plays()).slice(0, -40), 'is no whole JSON document'],
    ['that is a page', () => '<html>Access Denied</html>', 'is a web page, no answer in JSON'],
    ['of another game', (game) => void (game.gameId = '0022100999'), 'is of game 0022100999'],
    ['without actions', (game) => void (game.actions = []), 'has no actions although the game has begun'],
    ['of a game that is being played', (game) => void game.actions.pop(), 'is of a game that is not over'],
    [
      'of a game without a shot',
      (game) =>
        void (game.actions = game.actions.filter((each) => !/^\dpt$/.test(String(each['actionType'])))),
      'has no shots although the game is over',
    ],
    [
      'with a page twice',
      (game) => void game.actions.push(first(game, '3pt')),
      'has two actions with the number',
    ],
    [
      'in which a field has another name',
      (game) => {
        const shot = first(game, '2pt');
        shot['playerId'] = shot['personId'];
        delete shot['personId'];
      },
      'has another shape than expected: game.actions.',
    ],
    [
      'in the shape of the older interface',
      () => ({ resultSets: [{ name: 'PlayByPlay', headers: ['GAME_ID'], rowSet: [] }] }),
      'has another shape than expected: game',
    ],
  ])('%s', (_, change, fault) => {
    if (fault === '') expect(faultOf(change)).toBeUndefined();
    else expect(faultOf(change)).toContain(fault);
  });

  it('line by line where a shot has no result, no team or a clock that cannot be', async () => {
    const sound = (await rowsAfter(plays())).plays.length;
    const changes: ((shot: Document) => void)[] = [
      (shot) => delete shot['shotResult'],
      (shot) => (shot['shotResult'] = 'Good'),
      (shot) => delete shot['teamTricode'],
      (shot) => (shot['teamTricode'] = 'XYZ'),
      (shot) => (shot['clock'] = 'PT13M00.00S'),
      (shot) => (shot['clock'] = '11:47'),
      (shot) => (shot['personId'] = 0),
    ];
    for (const change of changes) {
      const changed = plays();
      change(first(changed.game, '2pt'));
      expect((await rowsAfter(changed)).plays.length, String(change)).toBe(sound - 1);
    }
  });
});

const SAMPLE = join(dataFolder(), 'api-samples', 'nba_com', 'playbyplay.json.gz');
const haveSample = existsSync(SAMPLE);
if (!haveSample)
  console.log('Left out: a real play-by-play of cdn.nba.com (no api-samples; set FULLCOURT_DATA)');

it.skipIf(!haveSample)(
  'a real answer says what a person reads in it: NYK at PHI, 2025-01-15, an overtime',
  () => {
    const bytes = readFileSync(SAMPLE);
    const { text = expect.fail() } = textOfSource('nba_cdn.playbyplay.0022400561.json.gz', bytes);
    const [header = '', ...rows] = text.trim().split('\n');
    const columns = header.split(',');
    const lines = rows.map((row): Record<string, string> => {
      const cells = row.split(',');
      return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
    });
    expect(lines).toHaveLength(506);
    expect(new Set(lines.map((line) => line['game_date']))).toEqual(new Set(['2025-01-15']));

    const made = lines.filter((line) => line['shot_result'] === 'Made');
    const worth: Readonly<Record<string, number>> = { '2pt': 2, '3pt': 3, freethrow: 1 };
    const points = (column: string, of: string): number =>
      made.reduce(
        (sum, line) => sum + (line[column] === of ? (worth[line['action_type'] ?? ''] ?? 0) : 0),
        0,
      );
    expect([points('team', 'NYK'), points('team', 'PHI')]).toEqual([125, 119]);
    const count = (kind: string, result?: string): number =>
      lines.filter(
        (line) => line['action_type'] === kind && (result ?? line['shot_result']) === line['shot_result'],
      ).length;
    expect([count('2pt'), count('3pt'), count('freethrow')]).toEqual([106, 72, 38]);

    // The source counts along: the last of its running totals is what the lines add up to.
    const { game } = JSON.parse(gunzipSync(bytes).toString()) as {
      game: { actions: Record<string, number>[] };
    };
    const last = new Map<string, number>();
    for (const { personId, pointsTotal, assistPersonId, assistTotal } of game.actions) {
      if (pointsTotal !== undefined) last.set(`points ${personId}`, pointsTotal);
      if (assistTotal !== undefined) last.set(`assists ${assistPersonId}`, assistTotal);
    }
    const assists = (of: string): number => lines.filter((line) => line['assist_player_id'] === of).length;
    for (const [what, total] of last) {
      const [kind, player = ''] = what.split(' ');
      expect([what, kind === 'points' ? points('player_id', player) : assists(player)]).toEqual([
        what,
        total,
      ]);
    }
    expect(last.get('points 1628973')).toBe(38);
    expect(lines.filter((line) => line['block_player_id'] !== '')).toHaveLength(5);
  },
);
