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

export const unknownField = event<'subscription' | 'field' | 'sender' | 'messageId'>({
  name: 'unknown_field',
  severity: 'WARNING',
  description:
    'A message of the pipeline has a field that this code does not know: other code has published it. The field is ignored. A process tells of it once for each field and sender.',
  text: ({ subscription, field, sender }) =>
    `${sender} publishes the field ${field}, which ${subscription} does not know and ignores`,
});

export const newerProducer = event<'subscription' | 'messageId' | 'sender' | 'reason'>({
  name: 'newer_producer',
  severity: 'ERROR',
  description:
    'A message has a newer schemaVersion than this code reads. It is set aside and not lost: deploy the newer code, then replay it.',
  text: ({ sender, subscription, reason }) =>
    `${subscription} cannot read what ${sender} has published: ${reason}`,
  metrics: [
    {
      name: 'newer_producers',
      kind: 'counter',
      description: 'Messages set aside because newer code has published them',
      labels: ['subscription'],
    },
  ],
});

export const unknownTable = event<'table' | 'runId'>({
  name: 'unknown_table',
  severity: 'WARNING',
  description:
    'A message is about a run of a table that this code does not have: other code has asked for it. It is left to that code, whose sweep asks for the run or announces it again.',
  text: ({ table, runId }) =>
    `There is no table ${table} here; its run ${runId} is left to the code that has it`,
});
