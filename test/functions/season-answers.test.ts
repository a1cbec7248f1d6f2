/** An answer about a season is compared with the games that were played, by whatever source: one that lacks a page is not loaded. */
import { describe, expect, it } from 'vitest';
import { judgedBySeason } from '../../functions/control/judged-answers.ts';
import type { Asked } from '../../functions/sources/ask.ts';
import balldontlie from '../../functions/sources/balldontlie/source.ts';
import nbaCdn from '../../functions/sources/nba_cdn/source.ts';
import type { Endpoint } from '../../functions/sources/source.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { archiveHome } from '../support/archive-home.ts';
import { sourceFile } from '../support/source-file.ts';
import { csv, game, SEASON, type Cells } from '../support/source-lines.ts';

const OPENING_NIGHT = gameDate('2023-10-24');
/** Forty games that were played, one a day, and two that were not. */
const games = Array.from({ length: 42 }, (_, i): Cells => {
  const day = addDays(OPENING_NIGHT, i);
  const open = i < 40 ? {} : { home_pts: '', visitor_pts: '', winner: '' };
  return {
    ...game,
    ...open,
    game_id: `00223${String(i + 1).padStart(5, '0')}`,
    game_date: day,
    tipoff_et: `${day}T19:30:00`,
  };
});

/** What is made of an answer with these games, when the schedule is known. */
async function judged(
  told: readonly Cells[],
  endpoint: Endpoint,
  changes: Cells = {},
  known = games,
): ReturnType<typeof judgedBySeason> {
  const home = archiveHome('2023-12-10T15:00:00Z');
  const { name, text } = csv(`schedule_${SEASON}.csv`, known);
  await home.importFiles([sourceFile(name, text)]);
  const lines = told.map((each) => ({ ...each, ...changes }));
  const answer: Asked = {
    ...{ name: 'balldontlie.season.2023-24.json', status: 'fetched', detail: null, tries: 1, seconds: 0 },
    ...{ bytes: Buffer.from('{}'), validators: undefined, leads: [], starts: new Map(), credits: null },
  };
  return judgedBySeason(
    home.ports,
    answer,
    { ...endpoint, read: () => [{ kind: 'named_schedule', columns: Object.keys(game), lines }] },
    SEASON,
  );
}

describe.each([
  ['balldontlie', balldontlie.endpoints.season],
  ['nba_cdn', nbaCdn.endpoints.schedule],
] as const)('an answer of %s about a season', (_, endpoint) => {
  it('is misread when it lacks more than one of twenty games that were played', async () => {
    const { answer, isLacking } = await judged(games.slice(3), endpoint);
    expect([answer.status, answer.detail, isLacking]).toEqual([
      'misread',
      'lacks 3 of the 40 games that were played, such as that of 2023-10-26 LAL at DEN',
      true,
    ]);
    expect((await judged(games, endpoint, { home_team: 'BOS' })).answer.status).toBe('misread');
  });

  it('counts when it lacks fewer, or games that were not played', async () => {
    for (const told of [games, games.slice(2), games.slice(0, 40)])
      expect(await judged(told, endpoint)).toMatchObject({ answer: { status: 'fetched' }, isLacking: false });
  });

  it('has a game also where it calls its teams by other codes', async () => {
    const inBrooklyn = games.map((each) => ({
      ...each,
      home_team: 'BKN',
      winner: each['winner'] === '' ? '' : 'BKN',
    }));
    const { answer } = await judged(inBrooklyn, endpoint, { home_team: 'NJN' }, inBrooklyn);
    expect(answer.status).toBe('fetched');
  });
});
