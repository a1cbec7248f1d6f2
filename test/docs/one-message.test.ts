/** The page that follows one message: what it shows is what is published, and what it names is where it says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlerFor } from '../../functions/services/index.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { importInto, openLeague, type League } from '../support/observed-league.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/one-message.md'), 'utf8');
const [request, runRequested, runCompleted] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text = '']) => JSON.parse(text) as Readonly<Record<string, unknown>>,
);

/** Hashes differ with every change of the code; everything else of a message is compared. */
function withoutHashes(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message).replaceAll(/[0-9a-f]{12,}/g, 'hash'));
}

describe('the page that follows one message', () => {
  let league: League;
  const published: { readonly topic: string; readonly message: Readonly<Record<string, unknown>> }[] = [];

  beforeAll(async () => {
    league = await openLeague(undefined);
    await importInto(league);
    const { bus } = league.client;
    const subscriptions = topics().map(({ subscription }) => subscription);
    await bus.publish(BACKFILL_REQUEST_TOPIC, JSON.stringify(request));
    for (let held = bus.take(subscriptions); held !== undefined; held = bus.take(subscriptions)) {
      const { topic, subscription, body } = held.delivery;
      published.push({ topic, message: JSON.parse(body) as Readonly<Record<string, unknown>> });
      const consumer = subscriptions.find(({ name }) => name === subscription)?.consumer ?? 'dead-letter';
      const outcome = await handlerFor(league.worker.context, consumer)(held.delivery);
      expect(outcome, body).toEqual({ kind: 'ack' });
      held.ack();
    }
  });
  afterAll(() => league.close());

  const first = (topic: string) => published.find((each) => each.topic === topic)?.message;
  const tablesOf = (topic: string) =>
    published.filter((each) => each.topic === topic).map(({ message }) => message['table']);

  it('shows the date message as it is published', () => {
    expect(page).toContain('On the topic `nba-phase3-backfill`');
    expect(withoutHashes(first('nba-phase3-backfill'))).toEqual(withoutHashes(runRequested));
  });

  it('shows the announcement as it is published', () => {
    expect(page).toContain('On the topic `nba-phase3-complete`');
    expect(withoutHashes(first('nba-phase3-complete'))).toEqual(withoutHashes(runCompleted));
  });

  it('names the runs that are asked for at first, and those that follow', () => {
    expect(tablesOf('nba-phase3-backfill')).toEqual([
      'team_offense_game_summary',
      'upcoming_player_game_context',
      'upcoming_team_game_context',
      'player_game_summary',
      'team_defense_game_summary',
    ]);
    for (const table of tablesOf('nba-phase3-backfill')) expect(page).toContain(`\`${String(table)}\``);
  });

  it('ends with every table of the phase built', async () => {
    const document = await league.client.store.get<{ tables: Record<string, { status: string }> }>(
      'phase3_completion/2021-10-19',
    );
    expect(Object.values(document?.tables ?? {}).map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => 'success'),
    );
  });

  const files = [...page.matchAll(/`((?:functions|shared)\/[\w./-]+\.ts)`/g)].map(([, file = '']) => file);
  const named = [...page.matchAll(/`(\w+)` in `((?:functions|shared)\/[\w./-]+\.ts)`/g)].map(
    ([, name = '', file = '']) => [name, file] as const,
  );

  it('names files that are there', () => {
    expect(files.length).toBeGreaterThan(15);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it.each(named)('names %s, which %s exports', (name, file) => {
    expect(readFileSync(join(root, file), 'utf8')).toMatch(
      new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm'),
    );
  });
});
