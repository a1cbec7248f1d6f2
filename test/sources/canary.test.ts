/** A game that was over long ago says whether a source still says what it said. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { askCanaries, sourceReports, type SourceReport } from '../../functions/control/sources.ts';
import { askCanary, hashOfLines, type CanaryPorts } from '../../functions/sources/canary.ts';
import nbaCdn from '../../functions/sources/nba_cdn/source.ts';
import type { Source } from '../../functions/sources/source.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { undiciHttp } from '../../shared/adapters/http/undici-http.ts';
import type { SourceSettings } from '../../shared/config.ts';
import { dataFolder } from '../support/homes.ts';
import { CDN_PATHS, cdnAnswers, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { FAULTS, recordedServer } from '../support/recorded-server.ts';

const answers = cdnAnswers(simulatedTexts(2));
const [GAME = ''] = answers.games;
const PATH = CDN_PATHS.boxScore(GAME);

const server = await recordedServer();
afterAll(() => server.close());

const source: Source = {
  ...nbaCdn,
  canary: { endpoint: 'boxscore', subject: GAME, columns: nbaCdn.canary.columns },
};
let ports: CanaryPorts;
let archive: ReturnType<typeof memoryArchive>;

beforeEach(() => {
  server.asked.length = 0;
  server.faults.clear();
  server.answers.set(PATH, answers.boxScore(GAME));
  archive = memoryArchive();
  const now = new Date();
  ports = {
    ...{ http: undiciHttp({ connectMs: 500, totalMs: 500 }), store: memoryStore(), archive, now },
    ...{ wait: () => Promise.resolve(), random: () => 0.5, clock: () => now },
  };
});

const ask = (now: string, of = source) =>
  askCanary({ ...ports, now: new Date(now) }, of, { address: server.address });

interface Game {
  readonly game: { readonly homeTeam: { readonly players: Record<string, Record<string, number>>[] } };
}
/** The answer with other numbers of one player. */
function changed(change: Readonly<Record<string, number>>): Game {
  const answer = structuredClone(answers.boxScore(GAME)) as unknown as Game;
  Object.assign(answer.game.homeTeam.players[0]?.['statistics'] ?? expect.fail(), change);
  return answer;
}

describe('the known game of a source', () => {
  it('is asked about once on a day, by Eastern time, and what it says is remembered', async () => {
    expect(await ask('2022-01-10T12:00:00Z')).toMatchObject({ status: 'same', detail: null });
    expect(await ask('2022-01-11T04:00:00Z')).toBeUndefined();
    expect(await ask('2022-01-11T06:00:00Z')).toMatchObject({ status: 'same' });
    expect(server.asked).toHaveLength(2);
  });

  it('that says something else is told every day, with what differs, and its answer is kept', async () => {
    await ask('2022-01-10T12:00:00Z');
    const kept: string[] = [];
    ports = { ...ports, archive: { put: (name, bytes) => (kept.push(name), archive.put(name, bytes)) } };
    server.answers.set(PATH, changed({ assists: 99 }));
    for (const day of ['2022-01-11', '2022-01-12'])
      expect(await ask(`${day}T12:00:00Z`)).toMatchObject({
        status: 'changed',
        detail: 'says something else of a game that was over long ago: player_box.ast',
      });
    server.answers.set(PATH, answers.boxScore(GAME));
    expect(await ask('2022-01-13T12:00:00Z')).toMatchObject({ status: 'same' });
    expect(kept).toEqual([1, 2].map(() => `nba_cdn.boxscore.${GAME}.json`));
  });

  it('that says more than before is the same, whatever the order of its players', async () => {
    await ask('2022-01-10T12:00:00Z');
    const answer = changed({ pointsFromTheBench: 7 });
    answer.game.homeTeam.players.reverse();
    server.answers.set(PATH, answer);
    expect(await ask('2022-01-11T12:00:00Z')).toMatchObject({ status: 'same' });
  });

  it('has changed when its answer has another shape, and is unknown while there is no answer', async () => {
    const { hash } = (await ask('2022-01-10T12:00:00Z')) ?? expect.fail();
    server.faults.set(PATH, [FAULTS['an empty list']]);
    expect(await ask('2022-01-11T12:00:00Z')).toMatchObject({
      status: 'changed',
      detail: expect.stringContaining('another shape') as string,
    });
    server.faults.set(PATH, [FAULTS['a refusal']]);
    expect(await ask('2022-01-12T12:00:00Z')).toMatchObject({
      status: 'unknown',
      detail: 'is refused (403)',
      hash,
    });
    expect(await ask('2022-01-13T12:00:00Z')).toMatchObject({ status: 'same', hash });
  });

  it('is compared with the hash that the source declares', async () => {
    const declared = { ...source, canary: { ...(source.canary ?? expect.fail()), hash: 'another' } };
    expect(await ask('2022-01-10T12:00:00Z', declared)).toMatchObject({ status: 'changed' });
  });

  it('is not asked about while the source does not answer', async () => {
    server.faults.set(PATH, [FAULTS.hang, FAULTS.hang]);
    for (const day of ['2022-01-10', '2022-01-11']) await ask(`${day}T12:00:00Z`);
    expect(await ask('2022-01-11T12:05:00Z')).toBeUndefined();
    expect(server.asked).toHaveLength(2);
  });
});

describe('how the sources are', () => {
  const settings = (over: Partial<SourceSettings> = {}): SourceSettings => ({
    ...{ allowUnkeyed: true, key: () => undefined, access: { nba_cdn: { address: server.address } } },
    ...over,
  });
  const report = async (
    name: string,
    now = new Date('2022-01-10T12:00:00Z'),
    over = settings(),
  ): Promise<SourceReport> =>
    (await sourceReports({ store: ports.store, settings: over }, now)).find((each) => each.name === name) ??
    expect.fail();

  it('says which is on, off or without a key', async () => {
    const off = settings({ allowUnkeyed: false });
    expect([
      (await report('nba_cdn')).status,
      (await report('nba_cdn', undefined, off)).status,
      (await report('odds_api')).status,
      (await report('odds_api', undefined, settings({ key: () => 'key' }))).status,
    ]).toEqual(['on', 'off', 'off (no key)', 'on']);
  });

  it('says when it last had a sound answer, that the known game differs, and that it does not answer', async () => {
    const now = new Date('2022-01-10T12:00:00Z');
    await ask('2022-01-10T12:00:00Z');
    expect(await report('nba_cdn')).toMatchObject({
      ...{ status: 'on', lastGood: now.toISOString(), canary: 'same', refusals: 0, details: [] },
      ...{ nextDue: null, credits: null, fallbackInForce: null },
    });
    server.answers.set(PATH, changed({ points: 99 }));
    await ask('2022-01-11T12:00:00Z');
    const told = await report('nba_cdn');
    expect(told.canary).toBe('changed');
    expect(told.details).toEqual([
      `nba_cdn: the known game ${GAME} says something else of a game that was over long ago: player_box.pts (2022-01-11)`,
    ]);
    server.faults.set(PATH, [FAULTS.hang, FAULTS.hang]);
    await ask('2022-01-12T12:00:00Z');
    await ask('2022-01-13T12:00:00Z');
    const silent = await report('nba_cdn', new Date('2022-01-13T12:01:00Z'));
    expect([silent.status, silent.details]).toEqual([
      'silent',
      expect.arrayContaining(['nba_cdn is asked again from 2022-01-13T12:10Z on']),
    ]);
  });

  it('says what is asked in the place of one that is off or does not answer', async () => {
    const other = { ...source, name: 'mirror', proven: false };
    const last = { ...source, name: 'last' };
    const order = (of: Source, place: number): Source => ({
      ...of,
      endpoints: { boxscore: { ...nbaCdn.endpoints.boxscore, targets: { player_box: place } } },
    });
    const sources = [order(last, 3), order(source, 1), order(other, 2)];
    const inPlace = async (over: Partial<SourceSettings>, now = '2022-01-10T12:00:00Z') =>
      (await sourceReports({ store: ports.store, settings: settings(over), sources }, new Date(now))).map(
        ({ name, status, fallbackInForce }) => [name, status, fallbackInForce],
      );
    expect(await inPlace({})).toEqual([
      ['last', 'on', null],
      ['mirror', 'unproven', null],
      ['nba_cdn', 'on', null],
    ]);
    const access = { nba_cdn: { address: server.address }, mirror: { headers: {} } };
    server.faults.set(PATH, [FAULTS['a refusal']]);
    await ask('2022-01-10T12:00:00Z');
    expect(await inPlace({ access })).toEqual([
      ['last', 'on', null],
      ['mirror', 'on', null],
      ['nba_cdn', 'refused', 'mirror'],
    ]);
  });

  it('asks the known games of those sources only that are on', async () => {
    const off = settings({ allowUnkeyed: false });
    expect(await askCanaries({ ...ports, settings: off })).toEqual(new Map());
    expect(server.asked).toEqual([]);
    // The known game of the source is none of the server.
    expect([...(await askCanaries({ ...ports, settings: settings() }))]).toEqual([
      ['nba_cdn', expect.objectContaining({ status: 'unknown', detail: 'is not there yet (404)' })],
    ]);
  });
});

describe('the known game of nba_cdn', () => {
  const { subject, columns, hash } = nbaCdn.canary;
  const file = join(dataFolder(), `api-samples/nba_com/livedata_boxscore_${subject}_final.json`);

  it.skipIf(!existsSync(file))('says what the real answer says', () => {
    const readings = nbaCdn.endpoints.boxscore.read(JSON.parse(readFileSync(file, 'utf8')), subject);
    expect(hashOfLines(readings, columns).hash).toBe(hash);
  });
});
