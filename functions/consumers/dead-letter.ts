/** Serves messages that were given up, on the cloud targets. It needs documents and messages, and no tables. */
import { documentPorts } from '../cloud.ts';
import type { OpenConsumer } from '../serve-service.ts';
import { deadLetterHandler } from '../subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = { ports: documentPorts(config) };
  return Promise.resolve({ app, handle: deadLetterHandler(app) });
};
