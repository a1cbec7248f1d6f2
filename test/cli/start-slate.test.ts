/** The slate that `start` shows of a simulated league: a model that was promoted by the gate, and one night predicted before it began. */
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { promoteModel } from '../../functions/control/models.ts';
import { trainModel } from '../../functions/control/train-model.ts';
import { openClient, openWorker, type EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import type { Worker } from '../../functions/targets/client.ts';
import {
  latestSlate,
  leagueSlate,
  movableClock,
  startSlateText,
  type Slate,
} from '../../scripts/cli/start-slate.ts';
import { slateText } from '../../scripts/cli/predictions.ts';
import { textWidth } from '../../scripts/cli/text-width.ts';
import { readConfig } from '../../shared/config.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { knownModels } from '../../shared/state/models.ts';
import { copyOf, removeFolders } from '../support/homes.ts';
import { builtLeague } from '../support/tiny-league.ts';

interface Opened {
  readonly client: EmbeddedClient;
  readonly worker: Worker;
  readonly slate: () => Promise<Slate>;
}
const opened: Opened[] = [];

/** A copy of the small league with its features, and the clock that `start` moves. */
async function league(): Promise<Opened> {
  const clock = movableClock(0);
  const home = copyOf((await builtLeague()).folder);
  const client = openClient({ ...readConfig({}), home }, { businessClock: clock.read });
  const worker = await openWorker(client, 'test');
  if (worker === undefined) throw new Error('The home is in use');
  worker.dispatcher.start();
  const slate = async (): Promise<Slate> => {
    const found = await leagueSlate(client, worker, clock);
    if (found === undefined) throw new Error('The league has no slate');
    return found;
  };
  opened.push({ client, worker, slate });
  return { client, worker, slate };
}

const systemsIn = ({ rows }: Slate): Set<unknown> => new Set(rows.map((row) => row['system_id']));
const RULES = ['moving_average', 'zone_matchup_v1', 'similarity_balanced_v1', 'ensemble_v1'];

afterAll(async () => {
  for (const { client, worker } of opened) {
    await worker.close();
    client.close();
  }
  removeFolders();
});

describe('a league too small to show that its model is better', () => {
  let small: Opened;
  let slate: Slate;
  beforeAll(async () => {
    small = await league();
    slate = await small.slate();
  });

  it('keeps the model, does not promote it, and says why', async () => {
    const [model, ...others] = await knownModels(small.client);
    expect(others).toEqual([]);
    expect(String(model?.training.last) < slate.date).toBe(true);
    expect([slate.modelId, slate.gate[0]?.ok]).toEqual([null, false]);
    expect(systemsIn(slate)).toEqual(new Set(RULES));
    expect(startSlateText(small.client, slate)).toMatch(
      /^No model was promoted, so there are the rules alone:\n {2}FAIL {2}better on the same rows: MAE /,
    );
  });
});

describe('a league with a champion', () => {
  let served: Opened;
  let slate: Slate;
  beforeAll(async () => {
    served = await league();
    const ports = { ...served.client, warehouse: served.worker.context.ports.warehouse };
    const { modelId } = await trainModel(
      ports,
      {
        ...{ first: gameDate('2021-11-02'), last: gameDate('2021-12-31'), algorithm: 'lad' },
        ...{ without: [], dryRun: false },
      },
      () => undefined,
    );
    await promoteModel(ports, {
      ...{ model: String(modelId), alias: 'champion', force: true, reason: 'for this test', by: 'ann' },
    });
    slate = await served.slate();
  });

  it('has all five systems, made before the games of the last night of the regular season', async () => {
    expect(systemsIn(slate)).toEqual(new Set([...RULES, 'xgboost_v1']));
    expect(new Set(slate.rows.map((row) => row['origin']))).toEqual(new Set(['live']));
    const ofModel = slate.rows.filter((row) => row['system_id'] === 'xgboost_v1');
    expect(new Set(ofModel.map((row) => row['model_id']))).toEqual(new Set([slate.modelId]));
    expect(slate.gate).toEqual([]);
  });

  it('is covered as a whole: rows of every system are expected, and as many are there', async () => {
    const { document } = await coverageDocument(served.client, slate.date, slate.date);
    const found = document.tables.find(({ table }) => table === 'player_prop_predictions');
    expect(found?.rows).toEqual({ expected: slate.rows.length, actual: slate.rows.length, unknownDates: 0 });
  });

  it.each(['prediction_inputs', 'prediction_accuracy'])('has %s of the same night', async (table) => {
    const found = await served.worker.context.ports.warehouse.query(
      `SELECT DISTINCT origin FROM nba_predictions.${table} WHERE game_date = DATE '${slate.date}'`,
    );
    expect(found).toMatchObject({ value: [{ origin: 'live' }] });
  });

  it('is shown in a dozen lines of at most 80 columns', () => {
    const lines = stripVTControlCharacters(startSlateText(served.client, slate)).split('\n');
    expect(lines.filter((line) => textWidth(line) > 80)).toEqual([]);
    expect(lines.filter((line) => /\d-\d+\.\d$/.test(line))).toHaveLength(12);
    expect(lines.join('\n')).toMatch(/player +line +average +zones +similar +model +ensemble +P10-P90\n/);
  });

  it('is the same a second time: nothing is trained, and what was sealed stays', async () => {
    expect(await served.slate()).toEqual(slate);
    expect(await latestSlate(served.client, served.worker)).toEqual(slate);
    expect(await knownModels(served.client)).toHaveLength(1);
  });
});

it('a night that could not be predicted is said not to be, with the next command', () => {
  const date = gameDate('2022-04-10');
  const text = startSlateText({ clock: () => new Date('2026-01-01T00:00:00Z') } as EmbeddedClient, {
    ...{ date, modelId: null, gate: [], rows: [] },
    notPredicted: 'every run of prediction_inputs has failed',
  });
  expect(text).toContain('was not predicted before its games: every run of prediction_inputs has failed');
  expect(text).toContain('fullcourt predict --date 2022-04-10');
});

it('names that are too long for 80 columns are cut', () => {
  const row = {
    ...{ game_id: 'g', player_lookup: 'kentaviouscaldwellpope', system_id: 'ensemble_v1' },
    ...{ predicted_points: 10.5, predicted_p10: 4, predicted_p90: 17, current_points_line: 9.5 },
  };
  const date = gameDate('2024-01-26');
  expect(slateText(date, date, [row], true)).toMatch(/^kentaviouscaldwel… +9\.5 +10\.5 +4\.0-17\.0$/m);
  expect(slateText(date, date, [row])).toContain('kentaviouscaldwellpope');
});

it('a clock that was moved shows the present time again, also after an error', async () => {
  const moved = movableClock(0, () => new Date('2026-01-01T00:00:00Z'));
  const time = new Date('2022-04-10T16:00:00Z');
  expect(await moved.at(time, async () => Promise.resolve(moved.read()))).toEqual(time);
  await expect(moved.at(time, () => Promise.reject(new Error('fails')))).rejects.toThrow('fails');
  expect(moved.read()).toEqual(new Date('2026-01-01T00:00:00Z'));
});
