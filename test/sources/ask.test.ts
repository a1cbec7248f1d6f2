/** What is done about everything that a source can do in place of answering. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { askerOf, type Ask, type AskingPorts } from '../../functions/sources/ask.ts';
import nbaCdn from '../../functions/sources/nba_cdn/source.ts';
import type { Source } from '../../functions/sources/source.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { undiciHttp } from '../../shared/adapters/http/undici-http.ts';
import { CDN_PATHS, cdnAnswers, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { FAULTS, recordedServer } from '../support/recorded-server.ts';

const answers = cdnAnswers(simulatedTexts(2));
const [GAME = '', NEXT = '', THIRD = ''] = answers.games;

const server = await recordedServer();
afterAll(() => server.close());

const NOW = new Date('2021-10-21T12:00:00Z');
let waits: number[] = [];
let ask: Ask;
let ports: AskingPorts;

/** What asks in another command: it has the same store, and nothing else of the one before. */
function asker(over: Partial<AskingPorts> = {}, source: Source = nbaCdn): Ask {
  return askerOf({ ...ports, ...over }, source, {
    address: server.address,
    headers: { referer: 'https://example.com/' },
  });
}

beforeEach(() => {
  waits = [];
  server.asked.length = 0;
  server.faults.clear();
  for (const game of answers.games) server.answers.set(CDN_PATHS.boxScore(game), answers.boxScore(game));
  const http = undiciHttp({ connectMs: 500, totalMs: 500, maxBytes: 2 ** 20 });
  const wait = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  ports = { http, wait, random: () => 0.5, now: NOW, clock: () => NOW, store: memoryStore() };
  ask = asker();
});

describe('a question', () => {
  it('is answered, with the headers of the operator', async () => {
    const { status, detail, bytes, tries } = await ask('boxscore', GAME);
    expect({ status, detail, tries }).toEqual({ status: 'fetched', detail: null, tries: 1 });
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(answers.boxScore(GAME));
    expect(server.headers()).toMatchObject({ referer: 'https://example.com/' });
    expect(server.asked).toEqual([CDN_PATHS.boxScore(GAME)]);
  });

  it.each<[keyof typeof FAULTS, string, string, number]>([
    ['hang', 'hung', 'was not answered in time', 1],
    ['slow drip', 'hung', 'was not answered in time', 1],
    ['truncated JSON', 'misread', 'is no whole JSON document', 1],
    ['a page for JSON', 'misread', 'is a web page, no answer in JSON', 1],
    ['an empty answer', 'misread', 'is no whole JSON document', 1],
    ['an empty list', 'misread', 'has another shape than expected: the document', 1],
    ['not UTF-8', 'misread', 'is not UTF-8 text', 1],
    ['an answer that grows out of bounds', 'misread', 'is larger than any answer may be', 1],
    ['an answer without an end', 'misread', 'is larger than any answer may be', 1],
    ['a refusal', 'refused', 'is refused (403)', 1],
    ['a key that is not accepted', 'refused', 'the key is not accepted (401)', 1],
    ['no such file', 'not_yet', 'is not there yet (403, no such file)', 1],
    ['not found', 'not_yet', 'is not there yet (404)', 1],
    ['too many questions for an hour', 'throttled', 'was asked for too often (429)', 1],
    // These are tried again, and there is an answer then.
    ['cut connection', 'fetched', '', 2],
    ['bytes that are no gzip', 'fetched', '', 2],
    ['too many questions', 'fetched', '', 2],
    ['an error of the server', 'fetched', '', 2],
    ['another place', 'fetched', '', 2],
  ])('that meets %s', async (fault, status, detail, tries) => {
    server.faults.set(CDN_PATHS.boxScore(GAME), [FAULTS[fault]]);
    const found = await ask('boxscore', GAME);

    expect(found.status).toBe(status);
    expect(found.tries).toBe(tries);
    if (detail === '') expect(found.detail).toBeNull();
    else expect(found.detail).toContain(detail);
    const isKept = status === 'fetched' || (status === 'misread' && !detail.includes('larger'));
    expect(found.bytes !== undefined).toBe(isKept);
    expect(server.asked).toHaveLength(tries);
  });

  it('is asked three times at most, each time after a longer pause', async () => {
    const error = FAULTS['an error of the server'];
    server.faults.set(CDN_PATHS.boxScore(GAME), [error, error, error, error]);
    expect(await ask('boxscore', GAME)).toMatchObject({ status: 'failed', tries: 3 });
    expect(waits.filter((ms) => ms >= 500 && ms !== 700)).toEqual([500, 1000]);
  });

  it('waits as long as the source wants', async () => {
    server.faults.set(CDN_PATHS.boxScore(GAME), [FAULTS['too many questions']]);
    await ask('boxscore', GAME);
    expect(waits).toContain(2000);
  });

  it('to a server that nobody runs', async () => {
    const closed = await recordedServer();
    await closed.close();
    const http = undiciHttp({ connectMs: 500, totalMs: 500 });
    const nobody = askerOf({ ...ports, http, wait: () => Promise.resolve() }, nbaCdn, {
      address: closed.address,
    });
    const unreachable = { status: 'unreachable', tries: 3, detail: 'cannot be asked for: no connection' };
    expect(await nobody('boxscore', GAME)).toMatchObject(unreachable);
    expect(await nobody('boxscore', NEXT)).toMatchObject(unreachable);
    expect(await nobody('boxscore', THIRD)).toMatchObject({ status: 'left', tries: 0 });
  });
});

describe('a source', () => {
  it('has a pause between two questions of one kind', async () => {
    await ask('boxscore', GAME);
    expect(waits).toEqual([]);
    await ask('boxscore', NEXT);
    expect(waits).toEqual([700]);
  });

  it('that hangs twice in a row is asked nothing more', async () => {
    server.faults.set(CDN_PATHS.boxScore(GAME), [FAULTS.hang]);
    server.faults.set(CDN_PATHS.boxScore(NEXT), [FAULTS.hang]);
    expect([
      (await ask('boxscore', GAME)).status,
      (await ask('boxscore', NEXT)).status,
      (await ask('boxscore', THIRD)).status,
    ]).toEqual(['hung', 'hung', 'left']);
    expect(server.asked).toHaveLength(2);
  });

  it('that refuses us is asked nothing more', async () => {
    server.faults.set(CDN_PATHS.boxScore(GAME), [FAULTS['a refusal']]);
    expect((await ask('boxscore', GAME)).status).toBe('refused');
    expect(await ask('boxscore', NEXT)).toMatchObject({ status: 'left', tries: 0 });
    expect(server.asked).toHaveLength(1);
  });
});
