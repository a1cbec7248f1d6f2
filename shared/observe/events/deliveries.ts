/** What is told of messages that are delivered: retried, refused, set aside. */
import { event } from './event.ts';

export const messageRetried = event<'subscription' | 'messageId' | 'attempt' | 'reason'>({
  name: 'message_retried',
  severity: 'WARNING',
  description: 'A message could not be handled now and will be delivered again.',
  text: ({ subscription, attempt, reason }) =>
    `${subscription} asks again after attempt ${attempt}: ${reason}`,
  metrics: [
    {
      name: 'messages_retried',
      kind: 'counter',
      description: 'Deliveries given back',
      labels: ['subscription'],
    },
  ],
});

export const handlerError = event<'subscription' | 'messageId' | 'attempt' | 'error'>({
  name: 'handler_error',
  severity: 'ERROR',
  description: 'A handler threw: the message is delivered again. The stack is in the message.',
  text: ({ subscription }) => `The handler of ${subscription} threw`,
  metrics: [
    {
      name: 'handler_errors',
      kind: 'counter',
      description: 'Handlers that threw',
      labels: ['subscription'],
    },
  ],
});

export const pushRefused = event<'code' | 'reason'>({
  name: 'push_refused',
  severity: 'WARNING',
  description:
    'A request to a function was not a push of its subscription. `code` is the HTTP status of the answer.',
  text: ({ code, reason }) => `A push was refused with ${code}: ${reason}`,
  metrics: [
    {
      name: 'pushes_refused',
      kind: 'counter',
      description: 'Requests that are no push of a subscription of the function',
      labels: ['code'],
    },
  ],
});

export const pushFailed = event<'subscription' | 'messageId' | 'attempt' | 'error'>({
  name: 'push_failed',
  severity: 'ERROR',
  description:
    'A function could not start its work, or a message could not be set aside. The message is delivered again.',
  text: ({ subscription }) => `A push of ${subscription} could not be handled`,
  metrics: [
    {
      name: 'pushes_failed',
      kind: 'counter',
      description: 'Pushes that failed outside of their handler',
      labels: ['subscription'],
    },
  ],
});

export const deadLettered = event<
  'deadLetterId' | 'topic' | 'subscription' | 'messageId' | 'attempt' | 'reason'
>({
  name: 'dead_letter',
  severity: 'ERROR',
  description: 'A message was set aside with its reason, to be read and replayed.',
  text: ({ deadLetterId, topic, reason }) =>
    `A message on ${topic} was set aside as ${deadLetterId}: ${reason}`,
  metrics: [
    {
      name: 'dead_letters',
      kind: 'counter',
      description: 'Messages set aside',
      labels: ['subscription'],
    },
  ],
});
