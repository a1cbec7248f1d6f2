/**
 * The bus in memory: the twin of the durable one, held to the same contract. What a broker may do to messages (deliver
 * twice, late, out of order) it does when it is asked to.
 */
import type { Subscription, Topic } from '../../../shared/derive/topics.ts';
import { letterOf } from '../../../shared/messages/dead-letter.ts';
import type { Delivery, PullBus, PullBusOptions } from '../../../shared/ports/bus.ts';

/** What a broker may do to messages. */
interface BusFaults {
  /** How often a published message is put on its subscription: 1 unless it is duplicated. */
  readonly copies: () => number;
  /** Milliseconds until a message can be delivered. */
  readonly delayMs: () => number;
  /** Which of `n` due messages is delivered next, 0 being the oldest. */
  readonly pick: (n: number) => number;
}

const noFaults: BusFaults = { copies: () => 1, delayMs: () => 0, pick: () => 0 };

interface Waiting {
  readonly id: number;
  readonly topic: string;
  readonly messageId: string;
  readonly body: string;
  attempts: number;
  availableAt: number;
}

export function memoryBus(
  topics: readonly Topic[],
  options: PullBusOptions,
  faults: BusFaults = noFaults,
): PullBus {
  const byTopic = new Map(topics.map((topic) => [topic.name, topic]));
  const queues = new Map<string, Waiting[]>(topics.map(({ subscription }) => [subscription.name, []]));
  const listeners: (() => void)[] = [];
  let ids = 0;

  const queueOf = (subscription: string): Waiting[] => queues.get(subscription) ?? [];
  const put = (topicName: string, body: string): string => {
    const topic = byTopic.get(topicName);
    if (topic === undefined) throw new Error(`There is no topic ${topicName}`);
    const messageId = `m${(ids += 1)}`;
    for (let copy = faults.copies(); copy > 0; copy--) {
      const availableAt = options.clock().getTime() + faults.delayMs();
      queueOf(topic.subscription.name).push({
        id: (ids += 1),
        topic: topicName,
        messageId,
        body,
        attempts: 0,
        availableAt,
      });
    }
    return messageId;
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const remove = (subscription: Subscription, message: Waiting, attempt: number): boolean => {
    const queue = queueOf(subscription.name);
    const at = message.attempts === attempt ? queue.indexOf(message) : -1;
    if (at >= 0) queue.splice(at, 1);
    return at >= 0;
  };

  return {
    publish: (topic, body) => {
      try {
        const messageId = put(topic, body);
        tell();
        return Promise.resolve(messageId);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    take: (subscriptions) => {
      const now = options.clock().getTime();
      for (const subscription of subscriptions) {
        const due = queueOf(subscription.name)
          .filter(({ availableAt }) => availableAt <= now)
          .sort((a, b) => a.availableAt - b.availableAt || a.id - b.id);
        const message = due[due.length > 1 ? faults.pick(due.length) : 0];
        if (message === undefined) continue;
        message.attempts += 1;
        message.availableAt = now + options.ackDeadlineMs;
        const attempt = message.attempts;
        const { topic, messageId, body } = message;
        const delivery: Delivery = { subscription: subscription.name, topic, messageId, body, attempt };
        const setAside = (reason: string): void => {
          if (!remove(subscription, message, attempt) || subscription.deadLetterTopic === null) return;
          put(subscription.deadLetterTopic, JSON.stringify(letterOf(delivery, reason)));
          tell();
        };
        return {
          delivery,
          ack: () => void remove(subscription, message, attempt),
          nack: (reason) => {
            if (attempt >= subscription.maxAttempts && subscription.deadLetterTopic !== null) {
              setAside(reason);
              return;
            }
            const [min, max] = options.backoffMs;
            if (message.attempts === attempt)
              message.availableAt = options.clock().getTime() + Math.min(max, min * 2 ** (attempt - 1));
          },
          deadLetter: setAside,
        };
      }
      return undefined;
    },
    onPublish: (listener) => void listeners.push(listener),
    recover: () => {
      const now = options.clock().getTime();
      for (const queue of queues.values())
        for (const message of queue) message.availableAt = Math.min(message.availableAt, now);
    },
    backlog: () =>
      new Map(
        [...queues].filter(([, queue]) => queue.length > 0).map(([name, queue]) => [name, queue.length]),
      ),
    nextDue: () => {
      const due = [...queues.values()].flatMap((queue) => queue.map(({ availableAt }) => availableAt));
      return due.length === 0 ? undefined : Math.min(...due);
    },
  };
}
