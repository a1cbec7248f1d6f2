/** A message that was set aside and is published again: it stays one letter, whatever happens to the publishing. */
import { describe, expect, it } from 'vitest';
import { deadLetter, replayDeadLetter } from '../../functions/control/dead-letters.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { paths, type DeadLetterDocument } from '../../shared/state/documents.ts';
import { deadLetters, keepDeadLetter } from '../../shared/state/dead-letters.ts';

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
