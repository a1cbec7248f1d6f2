/** `explain`: a sealed prediction is made again from what is kept of it, and what it consists of adds up. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainPredictions, type ExplainAnswer } from '../../functions/control/explain.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { atHome, copyOf, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { sealedLeague } from '../support/sealed-league.ts';

let home: string;
let date: string;
let player: string;
let id: string;
let name: string;
const explained = (...args: readonly string[]) => cliJson<ExplainAnswer>(home, 'explain', ...args);

beforeAll(async () => {
  home = copyOf(await sealedLeague());
  const { document } = await cliJson<{ readonly rows: readonly Readonly<Record<string, string | number>>[] }>(
    home,
    'query',
    `SELECT best.game_date AS day, best.player_lookup AS lookup, best.nba_player_id AS id, MAX(box.player_name) AS name
     FROM nba_predictions.player_prop_predictions AS best
     JOIN nba_raw.nbac_player_boxscores AS box ON box.player_lookup = best.player_lookup
     WHERE best.system_id = 'similarity_balanced_v1'
     GROUP BY best.game_date, best.player_lookup, best.nba_player_id, best.predicted_points
     ORDER BY best.predicted_points DESC, lookup LIMIT 1`,
  );
  [date, player, id, name] = Object.values(document.rows[0] ?? {}).map(String) as [
    string,
    string,
    string,
    string,
  ];
});
afterAll(removeFolders);

/** The points that a table prints, in thousandths, from its base to the line before the last, and those of the last. */
function printed(text: string): { readonly parts: number; readonly together: number }[] {
  return text
    .split(/\n\n/)
    .slice(1)
    .map((block) => {
      const cells = [...block.matchAll(/ (-?\d+\.\d{3})$/gm)].map(([, cell]) =>
        Number(cell?.replace('.', '')),
      );
      const together = cells.pop() ?? NaN;
      return { parts: cells.reduce((sum, each) => sum + each, 0), together };
    });
}

describe('explain', () => {
  it('makes all five predictions of a player again, and their parts add up to them', async () => {
    const { code, document } = await explained(date, player);
    expect([code, document.origin]).toEqual([0, 'live']);
    expect(document.predictions.map(({ system }) => system)).toEqual([
      ...['moving_average', 'zone_matchup_v1', 'similarity_balanced_v1', 'xgboost_v1', 'ensemble_v1'],
    ]);
    for (const { made, predicted, isReproduced } of document.predictions) {
      if (made === null) throw new Error('A prediction was not made again');
      expect(isReproduced).toBe(true);
      expect(made.terms.reduce((sum, { adds }) => sum + adds, made.base) + made.rest).toBe(made.points);
      expect(Math.round(made.points * 10) / 10).toBe(predicted);
    }
    const { stdout } = await cli(home, 'explain', date, player);
    const tables = printed(stdout);
    expect(tables).toHaveLength(5);
    for (const [i, { parts, together }] of tables.entries()) {
      expect(parts).toBe(together);
      expect(together).toBe(Math.round((document.predictions[i]?.predicted ?? NaN) * 1000));
    }
  });

  it('knows a player by his name and by his NBA id, and one system alone', async () => {
    const whole = (await explained(date, player, '--system', 'xgboost_v1')).document;
    expect(whole.predictions.map(({ system }) => system)).toEqual(['xgboost_v1']);
    for (const asked of [name, id])
      expect((await explained(date, asked, '--system', 'xgboost_v1')).document).toEqual(whole);
  });

  it.each([
    ['nobody on the date', (): string[] => ['2021-10-20', player], /Nobody is predicted for 2021-10-20/],
    [
      'a name of nobody',
      () => [date, `${player}x`],
      () => `Nobody named ${player}x is predicted on ${date}; there is: `,
    ],
    [
      'no system',
      () => [date, player, '--system', 'crystal_ball'],
      /--system crystal_ball is no system; there are: m/,
    ],
    ['no date', () => ['yesterday', player], /"yesterday" is not a calendar date/],
  ])('refuses %s', async (_what, args, says) => {
    const { code, stderr } = await cli(home, 'explain', ...args());
    expect([code, stderr]).toEqual([
      2,
      typeof says === 'function' ? expect.stringContaining(says()) : expect.stringMatching(says),
    ]);
  });

  it('takes no prediction for the same when its row of inputs is another one', async () => {
    await atHome(copyOf(home), async ({ client, worker }) => {
      const { warehouse } = worker.context.ports;
      const read: Warehouse['read'] = async (asked) => {
        const found = await warehouse.read(asked);
        if (!found.ok) return found;
        const { texts } = found.value;
        const hashes = (texts['feature_hash'] ?? []).map(() => 'of another row');
        return { ok: true, value: { ...found.value, texts: { ...texts, feature_hash: hashes } } };
      };
      const ports = { ...client, warehouse: { ask: warehouse.ask, read } };
      const { predictions } = await explainPredictions(ports, { date: gameDate(date), player });
      expect(predictions.map(({ isReproduced }) => isReproduced)).toEqual(
        Array.from({ length: 5 }, () => false),
      );
      for (const { why } of predictions)
        expect(why).toMatch(/^prediction_inputs has another row .* built again since$/);
    });
  });

  it('says which command brings the file of a model back; that command does, and the rules are explained meanwhile', async () => {
    const copy = copyOf(home);
    const isModel = (file: string): boolean => /^[^/]+-lad-[0-9a-f]+\.json$/.test(file);
    const files = readdirSync(join(copy, 'archive'), { recursive: true, encoding: 'utf8' }).filter(isModel);
    expect(files).toHaveLength(1);
    for (const file of files) rmSync(join(copy, 'archive', file));
    const { code, document } = await cliJson<ExplainAnswer>(copy, 'explain', date, player);
    expect(code).toBe(1);
    expect(document.predictions.map(({ isReproduced }) => isReproduced)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    const why = document.predictions[3]?.why ?? '';
    expect(why).toMatch(
      /^the file of lad-\w+ cannot be used: it is not in the archive; bring it back with: /,
    );
    const [, command = ''] = why.split('bring it back with: fullcourt ');
    // The checks of so small a training say NO-GO; the file is made all the same.
    await cli(copy, ...command.split(' '));
    expect((await cliJson<ExplainAnswer>(copy, 'explain', date, player)).document).toEqual(
      (await explained(date, player)).document,
    );
  });
});
