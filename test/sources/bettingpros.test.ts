/** Lines of BettingPros are lines that were seen before a game; nothing in the archive repeats the key. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import { askerOf } from '../../functions/sources/ask.ts';
import bettingpros from '../../functions/sources/bettingpros/source.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { HttpQuestion } from '../../shared/ports/http.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveHome } from '../support/archive-home.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game } from '../support/source-lines.ts';

const TABLE = 'bettingpros_player_points_props';
const NAME = 'bettingpros.props.2023-10-24.json';
const KEY = 'k/ey of+the operator';
const NOW = new Date('2023-10-24T23:00:00Z');
const epoch = (at: string): number => new Date(at).getTime() / 1000;

/** A side of a line: of DraftKings, opened by BetMGM. */
const side = (line: number, odds: number, changes: object = {}): object => ({
  ...{ line, odds, book: 12, consensus_line: line },
  selection: {
    active: true,
    opening_line: { line: 11.5, cost: odds - 5, book_id: 19, created: '2023-10-23 22:21:47' },
  },
  ...changes,
});
const prop = (name: string, changes: object = {}): object => ({
  ...{ sport: 'NBA', market_id: 156, event_id: 7, participant: { id: '9', name } },
  over: side(12.5, -110),
  under: side(12.5, -115),
  scoring: { is_scored: true, is_push: true, push_reason: 'zero_plays', actual: 0 },
  ...changes,
});
const JAMES = prop('LeBron James');

/** What is said of DEN - LAL of opening night, forty minutes before it. */
const answer = (props: readonly object[], changes: object = {}, paging: object = {}): object => ({
  _parameters: { date: '2023-10-24', sport: 'NBA' },
  _pagination: {
    ...{ page: 1, limit: 9999, total_pages: 1, total_items: props.length },
    self: `/v3/props?date=2023-10-24&x-api-key=${KEY}`,
    ...paging,
  },
  ts: epoch('2023-10-24T23:00:00Z'),
  props,
  events: [
    { id: 7, scheduled: '2023-10-24 23:40:00', home: 'DEN', visitor: 'LAL', status: 'scheduled' },
    { id: 8, scheduled: '2023-10-25 02:00:00', home: 'GSW', visitor: 'PHO', status: 'scheduled' },
  ],
  ...changes,
});
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

async function rowsOf(...answers: readonly (readonly [string, object])[]): Promise<readonly Row[]> {
  const home = archiveHome('2023-10-25T12:00:00Z');
  const files = [csv('schedule_2023-24.csv', [game]), csv('player_box_2023-24.csv', [boxLine])];
  await home.importFiles(files.map(({ name, text }) => sourceFile(name, text)));
  for (const [name, each] of answers) await home.importFiles([{ name, bytes: () => bytes(each) }]);
  return home.rowsOf(TABLE, [gameDate('2023-10-24')]);
}

const seen = (rows: readonly Row[]) =>
  rows
    .map((row) =>
      ['player_name', 'bookmaker', 'points_line', 'over_price', 'under_price', 'snapshot_at'].map(
        (column) => row[column],
      ),
    )
    .sort();

const OPENING = ['LeBron James', 'betmgm', 11.5, -115, -120, '2023-10-23T22:21:47Z'];
const AT_23 = ['LeBron James', 'draftkings', 12.5, -110, -115, '2023-10-24T23:00:00Z'];

describe('an answer of BettingPros', () => {
  it('is the present line of a player and the one with which bookmakers opened, each at its time', async () => {
    const rows = await rowsOf([NAME, answer([JAMES])]);
    expect(seen(rows)).toEqual([OPENING, AT_23]);
    for (const row of rows)
      expect(row).toMatchObject({ nba_player_id: 2544, is_main_line: true, source: 'bettingpros' });
  });

  it('of a later time leaves what was quoted before, and one page leaves the others', async () => {
    const moved = prop('LeBron James', { over: side(13.5, 105), under: side(13.5, -130) });
    const later = answer([moved], { ts: epoch('2023-10-24T23:30:00Z') }, { total_pages: 2, total_items: 2 });
    const next = answer([prop('Austin Reaves')], { ts: epoch('2023-10-24T23:30:00Z') }, { page: 2 });
    const rows = await rowsOf(
      [NAME, answer([JAMES])],
      [NAME, later],
      ['bettingpros.page.2023-10-24-2.json', next],
    );
    expect(seen(rows).map(([name, , line, , , at]) => [name, line, at])).toEqual([
      ['Austin Reaves', 11.5, '2023-10-23T22:21:47Z'],
      ['Austin Reaves', 12.5, '2023-10-24T23:30:00Z'],
      ['LeBron James', 11.5, '2023-10-23T22:21:47Z'],
      ['LeBron James', 12.5, '2023-10-24T23:00:00Z'],
      ['LeBron James', 13.5, '2023-10-24T23:30:00Z'],
    ]);
  });

  it('that was made after the tip-off says with which line bookmakers opened, and no result', async () => {
    expect(seen(await rowsOf([NAME, answer([JAMES], { ts: epoch('2023-10-25T09:00:00Z') })]))).toEqual([
      OPENING,
    ]);
    const late = side(12.5, -110, {
      selection: { opening_line: { line: 11.5, cost: 100, book_id: 19, created: '2023-10-25 00:10:00' } },
    });
    const inPlay = prop('LeBron James', { over: late, under: late });
    const fault = answer([inPlay], { ts: epoch('2023-10-25T09:00:00Z') });
    expect(textOfSource(NAME, bytes(fault)).fault).toBe(
      'is of a date on which nobody quotes a player before a game',
    );
  });

  it('has no line of what is closed, of another market or of a game of the next date', async () => {
    const closed = { selection: { active: false } };
    const rows = await rowsOf([
      NAME,
      answer([
        JAMES,
        prop('Austin Reaves', { over: side(9.5, -110, closed), under: side(9.5, -110, closed) }),
        prop('Jamal Murray', { market_id: 157 }),
        prop('Stephen Curry', { event_id: 8 }),
      ]),
    ]);
    const names = rows.map((row) => row['player_name']);
    expect(new Set(names)).toEqual(new Set(['LeBron James']));
  });

  it.each<[string, unknown, string]>([
    ['of another date', answer([JAMES], { _parameters: { date: '2023-10-23' } }), 'is of 2023-10-23'],
    [
      'of the games of another date',
      answer([prop('Stephen Curry', { event_id: 9 })], {
        _parameters: undefined,
        events: [{ id: 9, scheduled: '2023-10-26 00:00:00', home: 'GSW', visitor: 'PHO' }],
      }),
      'is of 2023-10-25',
    ],
    ['of another page', answer([JAMES], {}, { page: 3 }), 'is of page 3'],
    ['that nobody quotes yet', answer([], { events: [] }), 'nobody quotes a player'],
    ['that lost its lines', answer([], {}, { total_items: 84 }), 'has none of 84 lines'],
    ['with a line of no event', answer([prop('LeBron James', { event_id: 5 })]), 'lines of event 5'],
    [
      'with decimal odds',
      answer([prop('LeBron James', { over: side(12.5, 2) })]),
      'the price -3, which is no American odds',
    ],
    ['without a time', answer([JAMES], { ts: undefined }), 'another shape than expected: ts'],
    ['with offers in the place of props', answer([JAMES], { props: undefined }), 'expected: props'],
  ])('%s is refused', (_, document, fault) => {
    expect(textOfSource(NAME, bytes(document)).fault).toContain(fault);
  });
});

describe('a question to BettingPros', () => {
  const asking = (body: string, status = 200) => {
    const questions: HttpQuestion[] = [];
    const ask = askerOf(
      {
        http: {
          ask: (question) => {
            questions.push(question);
            return Promise.resolve({
              ...{ kind: 'answer', status, headers: {}, seconds: 0 },
              body: Buffer.from(body),
            } as const);
          },
        },
        wait: () => Promise.resolve(),
        random: () => 0,
        store: memoryStore(),
        clock: () => NOW,
        now: NOW,
      },
      bettingpros,
      { key: KEY },
    );
    return { ask, questions };
  };

  it('has the key in a header alone, and leads to every page', async () => {
    const { ask, questions } = asking(JSON.stringify(answer([JAMES], {}, { total_pages: 3 })));
    const { status, leads } = await ask('props', '2023-10-24');
    expect([status, leads]).toEqual(['fetched', ['2023-10-24-2', '2023-10-24-3']]);
    expect(questions[0]?.headers).toEqual({ 'x-api-key': KEY });
    expect(questions[0]?.url).not.toContain('key');
    expect(questions[0]?.url).toContain('/v3/props?sport=NBA&market_id=156&book_id=12&date=2023-10-24&');
    await ask('page', '2023-10-24-2');
    expect(questions[1]?.url).toContain('&page=2');
  });

  it.each([
    ['in the address that it repeats', answer([JAMES])],
    ['anywhere else', answer([JAMES], { label: `for ${encodeURIComponent(KEY)}` })],
  ])('has an answer without the key %s', async (_, document) => {
    const { bytes: kept = new Uint8Array() } = await asking(JSON.stringify(document)).ask(
      'props',
      '2023-10-24',
    );
    const text = Buffer.from(kept).toString();
    expect(text).toContain('LeBron James');
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(encodeURIComponent(KEY));
    expect(text).not.toContain('x-api-key');
  });

  it('has no key in what is kept of an answer that broke off', async () => {
    const cut = JSON.stringify(answer([JAMES])).slice(0, -20);
    const { status, bytes: kept = new Uint8Array() } = await asking(cut).ask('props', '2023-10-24');
    expect(status).toBe('misread');
    expect(Buffer.from(kept).toString()).not.toContain(KEY);
  });
});

const SAMPLES = join(dataFolder() ?? 'nowhere', 'api-samples', 'bettingpros');

describe.skipIf(!existsSync(SAMPLES))('real answers', () => {
  const read = (date: string, file: string) =>
    textOfSource(`bettingpros.props.${date}.json`, readFileSync(join(SAMPLES, file)));

  it('of a night that is over have the openings of its players, and of who did not play no result', () => {
    const { text = '' } = read('2024-11-14', 'props_2024-11-14_fd_points_scored.json');
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(1 + 14);
    expect(lines).toContain(
      'opening 25224 1,2024-11-14,UTA,DAL,2024-11-13T22:21:50Z,2024-11-15T02:00:00Z,betmgm,player_points,Kyrie Irving,24.5,-110,-120,true',
    );
    expect(text).not.toMatch(/push|zero_plays/);
  });

  it('of an evening have the lines on the games that had not begun', () => {
    const { text = '' } = read('2024-12-06', 'props_2024-12-06_dk_points_before_games.json');
    const lines = text.trim().split('\n').slice(1);
    expect(lines).toContain(
      '2024-12-06 2024-12-07T01:28:51Z,2024-12-06,POR,UTA,2024-12-07T01:28:51Z,2024-12-07T03:00:00Z,draftkings,player_points,Jerami Grant,14.5,-125,-105,true',
    );
    expect(new Set(lines.map((line) => line.split(',')[2]))).toEqual(new Set(['POR', 'GSW']));
  });

  it('of a date without games say that nobody quotes anything', () => {
    expect(read('2024-11-28', 'props_2024-11-28_no_games.json').fault).toContain('nobody quotes');
  });
});
