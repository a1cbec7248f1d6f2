/** A message that was set aside and is published again: it stays one letter, whatever happens to the publishing. */
import { describe, expect, it } from 'vitest';
import {
  deadLetter,
  editDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  shownDeadLetter,
} from '../../functions/control/dead-letters.ts';
import { NOTHING_WRONG } from '../../functions/control/letter-fault.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { paths, type DeadLetterDocument } from '../../shared/state/documents.ts';
import { deadLetters, keepDeadLetter } from '../../shared/state/dead-letters.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { dateOf, SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const LETTER = {
  kind: 'dead_lettered' as const,
  topic: 'nba-backfill-request',
  subscription: 'nba-backfill-request-sub',
  messageId: 'm-1',
  body: '{"dates":["TODAY"]}',
  reason: 'dates.0: "TODAY" is not a calendar date',
  attempts: 1,
};

async function withLetter() {
  const store = memoryStore();
  const clock = () => new Date('2024-06-01T12:00:00Z');
  const id = await keepDeadLetter({ store, clock }, LETTER);
  const ports = (publish: () => Promise<string>) => ({ store, clock, publisher: { publish } });
  return { id, store, clock, ports };
}

describe('a dead letter that is published again', () => {
  it('is as it was when the broker does not take it', async () => {
    const { id, store, ports } = await withLetter();
    const before = await deadLetter({ store }, id);
    const refusing = ports(() => Promise.reject(new Error('the broker is gone')));
    await expect(replayDeadLetter(refusing, id)).rejects.toThrow('the broker is gone');
    expect(await deadLetter({ store }, id)).toEqual(before);
  });

  it('and has come back before the broker says no keeps its new reason', async () => {
    const { id, store, clock, ports } = await withLetter();
    const refusing = ports(async () => {
      await keepDeadLetter({ store, clock }, { ...LETTER, messageId: 'm-2', reason: 'still no date' });
      throw new Error('the answer was lost');
    });
    await expect(replayDeadLetter(refusing, id)).rejects.toThrow('the answer was lost');
    expect(await deadLetters({ store })).toMatchObject([{ id, messageId: 'm-2', reason: 'still no date' }]);
  });

  it('is the same letter when it comes back, also one that was kept without the digest of its text', async () => {
    const { id, store, clock, ports } = await withLetter();
    const { bodyDigest: _, ...old } = await deadLetter({ store }, id);
    await store.transaction((tx) =>
      Promise.resolve(tx.set(paths.deadLetter(id), old satisfies DeadLetterDocument)),
    );
    await replayDeadLetter(
      ports(() => Promise.resolve('m-2')),
      id,
    );
    await keepDeadLetter({ store, clock }, { ...LETTER, messageId: 'm-2' });
    expect(await deadLetters({ store })).toMatchObject([
      { id, messageId: 'm-2', attempts: 2, replays: 1, replayedAt: null },
    ]);
  });
});

describe('a dead letter that is corrected', () => {
  const portsOf = ({ context }: World) => ({ ...context.ports, ...context });

  /** A world with one letter: a request of which the only date is no date. */
  async function worldWithLetter(): Promise<{ world: World; id: string; reasons: () => Promise<string[]> }> {
    const world = makeWorld({ from: await importedWorld() });
    await world.publish(BACKFILL_REQUEST_TOPIC, { dates: ['TODAY'] });
    await world.settle();
    const [letter] = await listDeadLetters(portsOf(world));
    const id = letter?.id ?? '';
    const reasons = async (): Promise<string[]> => [
      (await shownDeadLetter(portsOf(world), id)).reason,
      ...(await listDeadLetters(portsOf(world))).map(({ reason }) => reason),
    ];
    expect(await reasons()).toEqual(
      Array(2).fill('dates.0: "TODAY" is not a calendar date in the form YYYY-MM-DD'),
    );
    return { world, id, reasons };
  }
  const right = { dates: [dateOf(5)], through: 'phase3', requestId: 'corrected' };
  const edit = (world: World, id: string, message: object): Promise<string> =>
    editDeadLetter(portsOf(world), id, JSON.stringify(message));

  it('says that nothing is wrong with its message, until it is published and its backfill is done', async () => {
    const { world, id, reasons } = await worldWithLetter();
    expect(await edit(world, id, right)).toBe(NOTHING_WRONG);
    expect(await reasons()).toEqual([NOTHING_WRONG, NOTHING_WRONG]);
    await replayDeadLetter(portsOf(world), id);
    await world.settle();
    expect(await deadLetters(world.context.ports)).toMatchObject([{ id, replays: 1 }]);
  });

  it.each<[string, object, RegExp]>([
    ['a table that does not exist', { ...right, tables: ['team_ofense'] }, /team_ofense.*team_offense/],
    ['a table in none of its phases', { ...right, tables: ['daily_cache'] }, /^None of daily_cache is in/],
    [
      'a table of an acceptance that does not exist',
      { ...right, tables: ['box'], accept: { reason: 'lost' } },
      /box/,
    ],
  ])('says what is wrong with it still: %s', async (_what, message, reason) => {
    const { world, id, reasons } = await worldWithLetter();
    expect(await edit(world, id, message)).toMatch(reason);
    for (const each of await reasons()) expect(each).toMatch(reason);
    expect((await deadLetter(world, id)).reason).toMatch(reason);
  });

  it('says what has become wrong with it since: another request has taken its id', async () => {
    const { world, id, reasons } = await worldWithLetter();
    await edit(world, id, right);
    await world.request({ season: SEASON, through: 'phase3', requestId: 'corrected' });
    await world.settle();
    for (const each of await reasons())
      expect(each).toMatch(/^The request id corrected belongs to backfill /);
  });

  it('stays as it is when the new message cannot be read', async () => {
    const { world, id, reasons } = await worldWithLetter();
    const before = await reasons();
    await expect(edit(world, id, { dates: ['TOMORROW'] })).rejects.toThrow('Nothing was changed: dates.0: ');
    expect(await reasons()).toEqual(before);
  });
});
