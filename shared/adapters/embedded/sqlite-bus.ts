/**
 * A durable message bus in SQLite, which delivers each message at least once. A delivery is a lease on a row.
 * `ack` deletes the row. `nack` makes it due again after a delay that doubles each time; after the last try
 * it moves the message to the dead-letter topic, in one transaction.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Subscription, Topic } from '../../derive/topics.ts';
import { letterOf } from '../../messages/dead-letter.ts';
import type { Delivery, PullBus, PullBusOptions } from '../../ports/bus.ts';

/**
 * A message may be delivered this many times its `maxAttempts` when no delivery is answered. An unanswered
 * delivery is weaker evidence than a failure: the process may have been killed for another reason.
 */
const UNANSWERED = 4;

/** Opens the bus on the tables of `openDatabase`. Publishing to an unknown topic throws an Error. */
export function sqliteBus(db: DatabaseSync, topics: readonly Topic[], options: PullBusOptions): PullBus {
  const byTopic = new Map(topics.map((topic) => [topic.name, topic]));
  const insert = db.prepare(
    'INSERT INTO messages (subscription, topic, message_id, body, available_at) VALUES (?, ?, ?, ?, ?)',
  );
  const claim = db.prepare(
    `UPDATE messages SET attempts = attempts + 1, available_at = ?1
     WHERE id = (SELECT id FROM messages WHERE subscription = ?2 AND available_at <= ?3 ORDER BY available_at, id LIMIT 1)
     RETURNING id, topic, message_id, body, attempts`,
  );
  const due = db.prepare('SELECT DISTINCT subscription FROM messages WHERE available_at <= ?');
  const remove = db.prepare('DELETE FROM messages WHERE id = ? AND attempts = ?');
  const postpone = db.prepare(
    'UPDATE messages SET available_at = ?, last_error = ? WHERE id = ? AND attempts = ?',
  );
  const listeners: (() => void)[] = [];

  const put = (topicName: string, body: string): string => {
    const topic = byTopic.get(topicName);
    if (topic === undefined) throw new Error(`There is no topic ${topicName}`);
    const messageId = randomUUID();
    insert.run(topic.subscription.name, topicName, messageId, body, options.clock().getTime());
    return messageId;
  };
  const setAside = (id: number, subscription: Subscription, delivery: Delivery, reason: string): void => {
    db.exec('BEGIN IMMEDIATE');
    try {
      if (remove.run(id, delivery.attempt).changes > 0 && subscription.deadLetterTopic !== null) {
        put(subscription.deadLetterTopic, JSON.stringify(letterOf(delivery, reason)));
      }
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
    for (const listener of listeners) listener();
  };

  return {
    publish: (topic, body) =>
      // An error of the database becomes a rejected promise.
      new Promise((resolve) => {
        const messageId = put(topic, body);
        for (const listener of listeners) listener();
        resolve(messageId);
      }),
    take: (subscriptions) => {
      const now = options.clock().getTime();
      const waiting = new Set(due.all(now).map((row) => row['subscription']));
      for (const subscription of subscriptions) {
        if (!waiting.has(subscription.name)) continue;
        // `get` would give the row before it is committed, and would not say that the commit has failed.
        const [row] = claim.all(now + options.ackDeadlineMs, subscription.name, now);
        if (row === undefined) continue;
        const id = Number(row['id']);
        const delivery: Delivery = {
          subscription: subscription.name,
          topic: String(row['topic']),
          body: String(row['body']),
          messageId: String(row['message_id']),
          attempt: Number(row['attempts']),
        };
        if (
          delivery.attempt > UNANSWERED * subscription.maxAttempts &&
          subscription.deadLetterTopic !== null
        ) {
          setAside(
            id,
            subscription,
            delivery,
            `delivered ${delivery.attempt - 1} times and never answered: whoever handles it dies`,
          );
          continue;
        }
        return {
          delivery,
          ack: () => void remove.run(id, delivery.attempt),
          nack: (reason) => {
            if (delivery.attempt >= subscription.maxAttempts && subscription.deadLetterTopic !== null) {
              setAside(id, subscription, delivery, reason);
              return;
            }
            const [min, max] = options.backoffMs;
            const delay = Math.min(max, min * 2 ** (delivery.attempt - 1));
            postpone.run(options.clock().getTime() + delay, reason, id, delivery.attempt);
          },
          deadLetter: (reason) => setAside(id, subscription, delivery, reason),
        };
      }
      return undefined;
    },
    onPublish: (listener) => void listeners.push(listener),
    recover: () => {
      const now = options.clock().getTime();
      db.prepare('UPDATE messages SET available_at = ? WHERE available_at > ?').run(now, now);
    },
    backlog: () => {
      const rows = db.prepare('SELECT subscription, COUNT(*) AS n FROM messages GROUP BY subscription').all();
      return new Map(rows.map((row) => [String(row['subscription']), Number(row['n'])]));
    },
    nextDue: () => {
      const due = db.prepare('SELECT MIN(available_at) AS due FROM messages').get()?.['due'];
      return due === null || due === undefined ? undefined : Number(due);
    },
  };
}
